/**
 * Bodies of requests, each bounded, and all of those under way together.
 */
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/** A refusal, with its status. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, why: string) {
    super(why)
    this.status = status
  }
}

/** Bytes of all bodies under way. */
const MOST_UNDER_WAY = 256 * 1024 * 1024
const unzip = promisify(gunzip)

let underWay = 0

/**
 * Reads a body and unpacks it.
 *
 * @param most bytes, packed or unpacked
 * @throws Refusal where it is too large, cut off, or packed in a way that is not known
 */
export async function bodyOf(req: IncomingMessage, most: number): Promise<Buffer> {
  const encoding = req.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') throw new Refusal(415, `${encoding} is not understood; use gzip`)
  const length = Number(req.headers['content-length'] ?? 0)
  if (length > most) throw tooLarge(most)
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      size += chunk.length
      underWay += chunk.length
      if (size > most) throw tooLarge(most)
      if (underWay > MOST_UNDER_WAY) throw new Refusal(503, 'too much at a time; try again')
      chunks.push(chunk)
    }
    const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
    return encoding === 'gzip' ? await unzipped(whole, most) : whole
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(400, 'the body is cut off')
  } finally {
    underWay -= size
  }
}

async function unzipped(packed: Buffer, most: number): Promise<Buffer> {
  try {
    // It stops there, whatever a bomb would become.
    return await unzip(packed, { maxOutputLength: most })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(most)
    throw new Refusal(400, 'this is not gzip')
  }
}

function tooLarge(most: number): Refusal {
  return new Refusal(413, `more than ${most} bytes are not taken`)
}
