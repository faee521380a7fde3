/**
 * The grammars of sampling, and what of its variables goes together.
 */
import type { ParentCase, SamplerName } from './sampling-variables.js'
import { share, url, type Complain } from './types.js'
import type { Config } from './variables.js'

/** What `OTEL_TRACES_SAMPLER_ARG` says for `jaeger_remote`. */
export interface RemoteArgument {
  readonly endpoint?: string
  readonly pollingIntervalMs?: number
  readonly initialSamplingRate?: number
}

/** Jaeger's clients begin with this share. */
const INITIAL_SHARE = 0.001
/** Ports of Jaeger's that speak gRPC, and the one that answers the same over HTTP. */
const GRPC_PORTS = new Set(['14250', '5779'])
const HTTP_PORT = '5778'
const COLLECTOR_PORT = '14268'

// ---- grammars ----

/** A number of at least 0. */
export function quantity(value: string, complain: Complain): number | undefined {
  const number = /^[+]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN
  if (number >= 0 && number < Infinity) return number
  complain('is not a number of at least 0')
  return undefined
}

/** A share, or the three settings of a remote sampler. */
export function samplerArgument(value: string, complain: Complain): number | RemoteArgument | undefined {
  if (!value.includes('=')) return share.parse(value, complain, {})
  const found: { -readonly [Key in keyof RemoteArgument]: RemoteArgument[Key] } = {}
  for (const entry of value.split(',')) {
    const [key = '', ...rest] = entry.split('=').map((part) => part.trim())
    const text = rest.join('=')
    const say: Complain = (problem) => complain(`${key} ${problem}`)
    if (key === 'endpoint') Object.assign(found, defined('endpoint', endpoint(text, say)))
    else if (key === 'pollingIntervalMs') Object.assign(found, defined(key, positive(text, say)))
    else if (key === 'initialSamplingRate') Object.assign(found, defined(key, share.parse(text, say, {})))
    else if (key !== '') complain(`"${key}" is not one of endpoint, pollingIntervalMs, initialSamplingRate`)
  }
  return Object.keys(found).length === 0 ? undefined : found
}

/** An address; its scheme may be left out. */
function endpoint(value: string, complain: Complain): string | undefined {
  return url.parse(value.includes('://') ? value : `http://${value}`, complain, {})
}

function positive(value: string, complain: Complain): number | undefined {
  if (/^\d+$/.test(value) && Number(value) > 0 && Number(value) < 2 ** 31) return Number(value)
  complain('is not an integer of at least 1')
  return undefined
}

function defined(key: keyof RemoteArgument, value: RemoteArgument[typeof key]): RemoteArgument {
  return value === undefined ? {} : { [key]: value }
}

export function hostPort(value: string, complain: Complain): string | undefined {
  if (/^[^/@\s]+:\d+$/.test(value) && URL.canParse(`http://${value}`)) return value
  complain('is not host:port')
  return undefined
}

export function path(value: string, complain: Complain): string | undefined {
  if (/^\/[^\s?#]*$/.test(value)) return value
  complain('is not a path that begins with /')
  return undefined
}

export function parentCase(value: string, complain: Complain): ParentCase | undefined {
  const word = value.toLowerCase()
  if (word === 'parent' || word === 'root' || word === 'always_on' || word === 'always_off') return word
  return share.parse(
    value,
    () => complain('is neither parent, root, always_on, always_off nor a number from 0 to 1'),
    {},
  )
}

// ---- what goes together ----

type Present = ReadonlyMap<string, string>
type Settled = Partial<{ -readonly [Key in keyof Config]: Config[Key] }>

const REMOTE = new Set<SamplerName>(['jaeger_remote', 'parentbased_jaeger_remote', 'remote'])
const REGARDLESS = new Set<SamplerName>(['always_on', 'always_off', 'traceidratio', 'jaeger_remote'])
const SHARES = new Set<SamplerName>(['traceidratio', 'parentbased_traceidratio', 'probabilistic'])

/** The sampler's argument as the sampler can use it. */
export function checkedSampling(config: Config, present: Present, lines: string[]): Settled {
  if (REGARDLESS.has(config.sampler)) sayUnused(config.sampler, present, lines)
  const name = present.has('OTEL_TRACES_SAMPLER_ARG') ? 'OTEL_TRACES_SAMPLER_ARG' : 'JAEGER_SAMPLER_PARAM'
  if (REMOTE.has(config.sampler)) return remote(config, name, present, lines)
  const wrong = problemOf(config, present.has(name))
  if (wrong === undefined) return {}
  const given = present.get(name)
  // An address may hold a password.
  const shown = given === undefined || given.includes('@') ? '' : `="${given}"`
  lines.push(`${name}${shown} ${wrong}; using 1`)
  return { samplerArg: 1 }
}

function problemOf({ sampler, samplerArg }: Config, isGiven: boolean): string | undefined {
  if (sampler === 'const' && samplerArg !== 0 && samplerArg !== 1) return 'is neither 0 nor 1, as const needs'
  if (sampler === 'ratelimiting' && !isGiven) return 'is missing: ratelimiting needs the number of traces a second'
  if (sampler === 'ratelimiting' && typeof samplerArg !== 'number') return 'is no number, as ratelimiting needs'
  if (SHARES.has(sampler) && !(typeof samplerArg === 'number' && samplerArg <= 1))
    return `is not a number from 0 to 1, as ${sampler} needs`
  return undefined
}

function sayUnused(sampler: SamplerName, present: Present, lines: string[]): void {
  for (const name of present.keys())
    if (/^PRETRACE_.*_PARENT_.*SAMPLED$/.test(name))
      lines.push(`${name} is not used: ${sampler} does not ask the parent; using ${sampler}`)
}

function remote(config: Config, name: string, present: Present, lines: string[]): Settled {
  const { samplerArg } = config
  if (typeof samplerArg === 'number') {
    if (!present.has(name)) return { samplerArg: INITIAL_SHARE }
    if (samplerArg <= 1) return {}
    lines.push(`${name}="${samplerArg}" is not a share from 0 to 1 to begin with; using ${INITIAL_SHARE}`)
    return { samplerArg: INITIAL_SHARE }
  }
  const { endpoint, pollingIntervalMs, initialSamplingRate = INITIAL_SHARE } = samplerArg
  return {
    samplerArg: initialSamplingRate,
    ...(pollingIntervalMs !== undefined && { samplingInterval: pollingIntervalMs }),
    ...(endpoint !== undefined && { samplingEndpoint: overHttp(endpoint, config.samplingPath, name, lines) }),
  }
}

/** OpenTelemetry's examples give the address of gRPC, and no path. */
function overHttp(endpoint: string, path: string, name: string, lines: string[]): string {
  const address = new URL(endpoint)
  const isGrpc = GRPC_PORTS.has(address.port)
  if (isGrpc) address.port = HTTP_PORT
  if (address.pathname === '/') address.pathname = address.port === COLLECTOR_PORT ? '/api/sampling' : path
  if (isGrpc)
    lines.push(`${name} names a port of gRPC, which is not spoken; using ${address.origin}${address.pathname}`)
  return address.href
}
