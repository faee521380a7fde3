/**
 * Reads as much of protobuf as a backend's short answers take.
 */

/**
 * The last value of each field: numbers of varints, bytes of anything with a length. What is not protobuf ends the
 * reading, it does not throw.
 */
export function readFields(bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> {
  const fields = new Map<number, number | Uint8Array>()
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] as number
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    return NaN
  }
  while (at < bytes.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    const type = tag % 8
    if (type === 0) fields.set(field, varint())
    else if (type === 1) at += 8
    else if (type === 5) at += 4
    else {
      const length = type === 2 ? varint() : NaN
      if (!(at + length <= bytes.length)) break
      fields.set(field, bytes.subarray(at, at + length))
      at += length
    }
  }
  return fields
}
