/**
 * Headers of a response that tell the client of the server's span: `traceresponse` (drafts of W3C Trace Context), and the
 * `Server-Timing` metric that took its place and that browsers show to pages.
 */
import type { ResponseHeader } from '../config/instrumentation-variables.js'
import type { SpanContext } from '../tracer/context.js'
import { idTextsOf } from './id-texts.js'

/** @param write told of each header whether it is a list, to which others may contribute */
export function injectResponse(
  context: SpanContext,
  names: readonly ResponseHeader[],
  write: (name: string, value: string, isList: boolean) => void,
): void {
  const { traceparent: text } = idTextsOf(context)
  for (const name of names) {
    const isList = name === 'server-timing'
    write(name, isList ? `trace;desc=${text}` : text, isList)
  }
}
