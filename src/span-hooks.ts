/**
 * The functions that `PRETRACE_HOOKS` names. They are the application's: what they throw is caught and said once, and
 * spans that they start or finish do not call them again.
 */
import { resolve } from 'node:path'
import { messageOf, warnOnce } from './log.js'
import type { Span } from './tracer/span.js'
import type { SpanHooks } from './tracer/tracer.js'

type Moment = 'onStart' | 'onFinish'
type Hooks = Readonly<Partial<Record<Moment, (span: Span) => unknown>>>

const ALL = '*'

/** @param path loaded with the first span, not before: it may load libraries that are traced */
export function spanHooks(path: string): SpanHooks {
  let byComponent: Readonly<Record<string, Hooks | undefined>> | undefined
  let isBusy = false
  const call = (moment: Moment, span: Span, component: string | undefined): void => {
    if (isBusy) return
    isBusy = true
    try {
      byComponent ??= load(path)
      if (component !== undefined) byComponent[component]?.[moment]?.(span)
      byComponent[ALL]?.[moment]?.(span)
    } catch (error) {
      warnOnce(`hooks:${moment}`, `${moment} in ${path} failed: ${messageOf(error)}`)
    } finally {
      isBusy = false
    }
  }
  return {
    started: (span, component) => call('onStart', span, component),
    finishing: (span, component) => call('onFinish', span, component),
  }
}

function load(path: string): Readonly<Record<string, Hooks | undefined>> {
  try {
    const exports: unknown = require(resolve(path))
    if (typeof exports === 'object' && exports !== null) return exports as Record<string, Hooks>
    warnOnce('hooks', `PRETRACE_HOOKS="${path}" exports no object with hooks; using none`)
  } catch (error) {
    warnOnce('hooks', `PRETRACE_HOOKS="${path}" cannot be loaded: ${messageOf(error)}; using none`)
  }
  return {}
}
