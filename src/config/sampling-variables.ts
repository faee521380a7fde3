/**
 * The variables of sampling. Their grammars are loaded when one of them is set.
 */
import type { SamplingRule } from '../sampling/rules.js'
import type { RemoteArgument } from './sampling.js'
import { choice, host, integer, milliseconds, toggle, url, variable, type Type } from './types.js'

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'jaeger_remote',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'parentbased_jaeger_remote',
] as const
const jaegerSamplers = ['const', 'probabilistic', 'ratelimiting', 'remote'] as const

export type SamplerName = (typeof samplers)[number] | (typeof jaegerSamplers)[number]

/** What decides about a span with a parent: a sampler, a share of traces, the sampler of roots, or the parent itself. */
export type ParentCase = 'parent' | 'root' | 'always_on' | 'always_off' | number

type Grammars = typeof import('./sampling.js')
const grammars = (): Grammars => require('./sampling.js') as Grammars

const samplerArgument: Type<number | RemoteArgument> = {
  label:
    'number from 0 to 1; for `jaeger_remote` a list of `endpoint=URL`, `pollingIntervalMs=N`, `initialSamplingRate=N`',
  parse: (value, complain) => grammars().samplerArgument(value, complain),
}

const samplerParameter: Type<number | RemoteArgument> = {
  label: 'number of at least 0',
  parse: (value, complain) => grammars().quantity(value, complain),
}

const hostPort: Type<string> = {
  label: '`host:port`',
  parse: (value, complain) => grammars().hostPort(value, complain),
}

const path: Type<string> = {
  label: 'path',
  parse: (value, complain) => grammars().path(value, complain),
}

const rules: Type<readonly SamplingRule[]> = {
  label: 'list of `pattern=share` or `pattern=N/s`',
  ifBad: 'the rule is skipped',
  parse: (value, complain) =>
    (require('./sampling-rules.js') as typeof import('./sampling-rules.js')).rules(value, complain),
}

const parentCase: Type<ParentCase> = {
  label: '`parent`, `root`, `always_on`, `always_off`, number from 0 to 1',
  parse: (value, complain) => grammars().parentCase(value, complain),
}

export const samplingVariables = {
  sampler: variable<SamplerName>({
    name: 'OTEL_TRACES_SAMPLER',
    aliases: [{ name: 'JAEGER_SAMPLER_TYPE', type: choice(jaegerSamplers, ['lowerbound']) }],
    type: choice(samplers, ['xray']),
    default: 'parentbased_always_on',
    meaning:
      'Which traces are recorded. The `parentbased_` ones and Jaeger’s follow the caller’s decision where there is one. `jaeger_remote` (Jaeger: `remote`) asks a Jaeger agent.',
  }),
  samplerArg: variable<number | RemoteArgument>({
    name: 'OTEL_TRACES_SAMPLER_ARG',
    aliases: [{ name: 'JAEGER_SAMPLER_PARAM', type: samplerParameter }],
    type: samplerArgument,
    default: 1,
    meaning:
      'The share of traces that `traceidratio` (Jaeger: `probabilistic`) keeps; for Jaeger’s `const`, 0 or 1, for `ratelimiting` traces a second, for `remote` the share until the agent has answered (0.001).',
  }),
  samplingRules: variable<readonly SamplingRule[]>({
    name: 'PRETRACE_SAMPLING_RULES',
    type: rules,
    default: [],
    meaning:
      'Shares by route, span name and service; the first rule that fits counts, else the sampler. docs/CONFIGURATION.md has the grammar.',
  }),
  remoteParentSampled: variable<ParentCase>({
    name: 'PRETRACE_REMOTE_PARENT_SAMPLED',
    type: parentCase,
    default: 'parent',
    meaning: 'What decides where the caller, another process, has sampled. `root`: as if there were no caller.',
  }),
  remoteParentNotSampled: variable<ParentCase>({
    name: 'PRETRACE_REMOTE_PARENT_NOT_SAMPLED',
    type: parentCase,
    default: 'parent',
    meaning: 'What decides where the caller, another process, has not sampled.',
  }),
  localParentSampled: variable<ParentCase>({
    name: 'PRETRACE_LOCAL_PARENT_SAMPLED',
    type: parentCase,
    default: 'parent',
    meaning: 'What decides about a span below a sampled one of this process.',
  }),
  localParentNotSampled: variable<ParentCase>({
    name: 'PRETRACE_LOCAL_PARENT_NOT_SAMPLED',
    type: parentCase,
    default: 'parent',
    meaning: 'What decides about a span below one of this process that is not sampled.',
  }),
  samplingEndpoint: variable<string | undefined>({
    name: 'JAEGER_SAMPLING_ENDPOINT',
    type: url,
    default: undefined,
    meaning: 'Where `jaeger_remote` asks, as a whole address. It wins over the host, port and path below.',
  }),
  samplingHostPort: variable<string | undefined>({
    name: 'JAEGER_SAMPLER_MANAGER_HOST_PORT',
    type: hostPort,
    default: undefined,
    meaning: 'Host and port at which `jaeger_remote` asks.',
  }),
  samplingHost: variable({
    name: 'JAEGER_SAMPLER_HOST',
    type: host,
    default: 'localhost',
    meaning: 'The host alone.',
  }),
  samplingPort: variable({
    name: 'JAEGER_SAMPLER_PORT',
    type: integer(1, 65535),
    default: 5778,
    meaning: 'The port alone.',
  }),
  samplingPath: variable({
    name: 'JAEGER_SAMPLER_SAMPLING_PATH',
    type: path,
    default: '/sampling',
    meaning: 'The path at which `jaeger_remote` asks.',
  }),
  samplingInterval: variable({
    name: 'JAEGER_SAMPLER_REFRESH_INTERVAL',
    type: milliseconds(1),
    default: 60_000,
    meaning: 'How often `jaeger_remote` asks, give or take a tenth.',
  }),
  samplingOperations: variable({
    name: 'JAEGER_SAMPLER_MAX_OPERATIONS',
    type: integer(1),
    default: 2000,
    meaning: 'How many operations `jaeger_remote` tells apart; the rest have the default share.',
  }),
  keepSlow: variable<number | undefined>({
    name: 'PRETRACE_KEEP_SLOW',
    type: milliseconds(1),
    default: undefined,
    meaning: 'Exports this process’s part of a trace that was not sampled if its entry point took as long.',
  }),
  keepErrors: variable({
    name: 'PRETRACE_KEEP_ERRORS',
    type: toggle,
    default: false,
    meaning: 'Exports this process’s part of a trace that was not sampled if one of its spans failed.',
  }),
  keepTraces: variable({
    name: 'PRETRACE_KEEP_TRACES',
    type: integer(1),
    default: 1000,
    meaning: 'How many traces may wait to turn out slow or failed; the oldest are dropped and counted.',
  }),
  keepTraceSpans: variable({
    name: 'PRETRACE_KEEP_TRACE_SPANS',
    type: integer(1),
    default: 500,
    meaning: 'How many finished spans of one trace may wait for that; more are dropped and counted.',
  }),
  keepSpans: variable({
    name: 'PRETRACE_KEEP_SPANS',
    type: integer(1),
    default: 10_000,
    meaning: 'How many finished spans may wait for that in all; the oldest traces are dropped and counted.',
  }),
}
