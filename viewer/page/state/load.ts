/**
 * An answer of the server that a view shows, asked for anew when the question changes or traces arrive.
 */
import { useEffect, useState } from 'preact/hooks'
import { onTraces, type Listener } from './live.js'

export interface Loaded<Answer> {
  /** The last answer; that to an earlier question only until the first to this one has come. */
  readonly answer: Answer | undefined
  readonly error: Error | undefined
}

/** Answers that are made of all traces are asked for at most so often, in ms. */
const PAUSE = 2000

interface Options {
  /** Which traces make the answer another one; none unless told. */
  readonly renewedBy?: (trace: Parameters<Listener>[0][number]) => boolean
  readonly pause?: number
}

/**
 * @param question what the answer depends on, as text
 */
export function useAnswer<Answer>(
  question: string,
  ask: (signal: AbortSignal) => Promise<Answer>,
  { renewedBy, pause = PAUSE }: Options = {},
): Loaded<Answer> {
  const [loaded, setLoaded] = useState<Loaded<Answer> & { readonly question?: string }>({
    answer: undefined,
    error: undefined,
  })
  useEffect(() => {
    const abort = new AbortController()
    let timer: number | undefined
    const load = (): void => {
      timer = undefined
      ask(abort.signal).then(
        (answer) => setLoaded({ answer, error: undefined, question }),
        (error: Error) => {
          if (!abort.signal.aborted) {
            setLoaded((last) => ({ ...(last.question === question && last), answer: undefined, error, question }))
          }
        },
      )
    }
    const end =
      renewedBy && onTraces((traces) => void (traces.some(renewedBy) && (timer ??= window.setTimeout(load, pause))))
    load()
    return () => {
      abort.abort()
      window.clearTimeout(timer)
      end?.()
    }
  }, [question])
  return loaded
}
