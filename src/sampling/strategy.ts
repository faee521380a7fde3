/**
 * What Jaeger's sampling manager answers, as a sampler.
 */
import { PerOperation } from './per-operation.js'
import { rateLimiting, type Circumstances } from './rate-limiting.js'
import { probabilistic } from './ratio.js'
import type { Sampler } from './sampler.js'

type Fields = Readonly<Record<string, unknown>>

/** Old agents answer the numbers of the enumeration. */
const RATE_LIMITING = new Set<unknown>(['RATE_LIMITING', 1])

/**
 * @param most operations that are told apart
 * @param previous the sampler that this one replaces
 * @returns undefined where the text is no strategy
 */
export function strategyOf(
  text: string,
  most: number,
  previous?: Sampler,
  circumstances?: Circumstances,
): Sampler | undefined {
  const answer = parsed(text)
  const operations = fieldsOf(answer?.['operationSampling'])
  if (operations !== undefined) return perOperation(operations, most, previous, circumstances)
  const limiting = fieldsOf(answer?.['rateLimitingSampling'])
  const chance = fieldsOf(answer?.['probabilisticSampling'])
  if (limiting !== undefined && (chance === undefined || RATE_LIMITING.has(answer?.['strategyType']))) {
    const rate = number(limiting['maxTracesPerSecond'], Infinity)
    return rate === undefined ? undefined : rateLimiting(rate, circumstances)
  }
  const share = chance && number(chance['samplingRate'], 1)
  return share === undefined ? undefined : probabilistic(share)
}

function perOperation(
  fields: Fields,
  most: number,
  previous: Sampler | undefined,
  circumstances: Circumstances | undefined,
): Sampler | undefined {
  const share = number(fields['defaultSamplingProbability'], 1)
  const lowerBound = number(fields['defaultLowerBoundTracesPerSecond'], Infinity)
  if (share === undefined || lowerBound === undefined) return undefined
  const strategies = { share, lowerBound, operations: operationsIn(fields['perOperationStrategies']) }
  return new PerOperation(strategies, most, previous instanceof PerOperation ? previous : undefined, circumstances)
}

/** The shares that can be used; an operation without one has the default. */
function operationsIn(list: unknown): Map<string, number> {
  const shares = new Map<string, number>()
  for (const entry of Array.isArray(list) ? (list as unknown[]) : []) {
    const { operation, probabilisticSampling } = fieldsOf(entry) ?? {}
    const chance = fieldsOf(probabilisticSampling)
    const share = chance && number(chance['samplingRate'], 1)
    if (typeof operation === 'string' && share !== undefined) shares.set(operation, share)
  }
  return shares
}

function parsed(text: string): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/** Zeros are left out by some encoders. */
function number(value: unknown = 0, most: number): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= most ? value : undefined
}
