/**
 * The grammar of `PRETRACE_SAMPLING_RULES`.
 */
import type { SamplingRule } from '../sampling/rules.js'
import { quantity } from './sampling.js'
import { share, type Complain } from './types.js'

/** `GET /health=0, /checkout/*=1, /search=5/s, service:cart=0.5, name:nightly*=1, *=0.1` */
export function rules(value: string, complain: Complain): readonly SamplingRule[] | undefined {
  const found: SamplingRule[] = []
  const entries = value.split(',').filter((entry) => entry.trim() !== '')
  for (const entry of entries) {
    const rule = ruleOf(entry.trim())
    if (typeof rule === 'string') complain(`"${entry.trim()}" ${rule}`)
    else found.push(rule)
  }
  if (entries.length === 0) complain('names nothing')
  return found.length === 0 ? undefined : found
}

/** @returns a text where it is none, saying what is wrong */
function ruleOf(entry: string): SamplingRule | string {
  const equals = entry.lastIndexOf('=')
  if (equals < 1) return 'is not pattern=share'
  const kept = keptOf(entry.slice(equals + 1).trim())
  const who = whoOf(entry.slice(0, equals).trim())
  if (kept === undefined) return 'keeps neither a share from 0 to 1 nor so many traces a second, such as 5/s'
  return typeof who === 'string' ? who : { ...who, ...kept }
}

function keptOf(text: string): Pick<SamplingRule, 'share' | 'perSecond'> | undefined {
  const isRate = text.endsWith('/s')
  const number = isRate ? quantity(text.slice(0, -2).trim(), () => {}) : share.parse(text, () => {}, {})
  if (number === undefined) return undefined
  return isRate ? { perSecond: number } : { share: number }
}

/** `[service:NAME] [METHOD] [/path]`, `[service:NAME] name:SPAN NAME` or `*`. */
function whoOf(text: string): Omit<SamplingRule, 'share' | 'perSecond'> | string {
  const [, service, rest = ''] = /^(?:service:(\S+)(?:\s+|$))?(.*)$/.exec(text) as unknown as [string, string?, string?]
  const ofService = service === undefined ? {} : { service }
  if (rest === '' || rest === '*') return ofService
  if (/^name:\s*\S/.test(rest)) return { ...ofService, name: rest.slice('name:'.length).trim() }
  const [, method, path] = /^([A-Za-z]+)?\s*(\/\S*|\*)?$/.exec(rest) ?? []
  if (method === undefined && path === undefined) return 'is not a route, name:…, service:… or *'
  return {
    ...ofService,
    ...(method !== undefined && { method: method.toUpperCase() }),
    ...(path !== undefined && path !== '*' && { path }),
  }
}
