/**
 * Reads server-sent events (WHATWG HTML, "Interpreting an event stream"), as far as the viewer uses them: its lines end with
 * a line feed alone.
 */

export interface ServerEvent {
  readonly name: string
  readonly data: string
}

/** More than any event of the viewer is: a stream without line ends is none of its. */
const LONGEST = 16 * 1024 * 1024

/** The events of a stream of bytes, as they come. */
export async function* eventsIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const event = eventOf(text.slice(0, end))
      text = text.slice(end + 2)
      if (event !== undefined) yield event
    }
    if (text.length > LONGEST) throw new Error('what answers there is not a viewer')
  }
}

function eventOf(block: string): ServerEvent | undefined {
  let name = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? []
    if (field === 'event') name = value
    else if (field === 'data') data.push(value)
  }
  return data.length === 0 ? undefined : { name, data: data.join('\n') }
}
