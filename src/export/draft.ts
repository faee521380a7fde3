/**
 * A message in the making. An encoder that takes spans as they come spreads its work, and a span that cannot be encoded
 * costs a few of its neighbours instead of the batch.
 */
import type { SpanRecord } from '../tracer/record.js'
import type { OutgoingRequest } from './exporter.js'
import type { Steps } from './steps.js'

export interface Draft {
  /** The message is as long as it should get: to make it longer would hold up the application, or its backend. */
  readonly isFull: boolean
  /**
   * Takes spans.
   *
   * @throws where they cannot be encoded: the message is then as it was without them
   */
  add(spans: readonly SpanRecord[]): void
  /** The message with all that it was given, at once or in steps. */
  end(): OutgoingRequest | Steps<OutgoingRequest>
}

/** Turns a batch into a message, at once or in steps. */
export type Encode = (batch: readonly SpanRecord[]) => OutgoingRequest | Steps<OutgoingRequest>

/** Spans that are encoded in one go at the most. */
const MOST_AT_ONCE = 512

/** Drafts for an encoder that wants its batch whole. */
export function wholeBatches(encode: Encode): () => Draft {
  return () => {
    const batch: SpanRecord[] = []
    return {
      get isFull() {
        return batch.length >= MOST_AT_ONCE
      },
      add: (spans) => void batch.push(...spans),
      end: () => encode(batch),
    }
  }
}
