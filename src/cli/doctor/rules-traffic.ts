/**
 * Whether requests came, and what became of them.
 */
import type { Traced } from '../../doctor/report.js'
import { applicationAmong, tracedOf, type Examination } from './examination.js'
import { note, problem, type Finding, type Rule } from './finding.js'
import { asSet } from './rules-variables.js'

const SAMPLERS = /SAMPL/
/** What takes nothing, by whatever name. */
const TAKES_NOTHING = /=(parentbased_)?always_off$|_(ARG|PARAM)=0(\.0*)?$/i

export const nothingSampled: Rule = (examination) => {
  const traced = tracedOf(examination)
  if (traced === undefined || total(traced) > 0) return []
  const { requests, denied } = traced.headers
  const set = asSet(examination.settings, SAMPLERS)
  if (set.some((one) => TAKES_NOTHING.test(one))) return [samplerOff(set)]
  if (requests > 0 && denied === requests) {
    return [
      problem(
        'unsampled-upstream',
        `${denied === 1 ? 'The only request' : `All ${denied} requests`} came with a trace that its caller had decided not to record, and that is followed.`,
        'Change the sampling of the caller, which is where the trace begins.',
        'Or do not follow it: PRETRACE_REMOTE_PARENT_NOT_SAMPLED=root lets this service decide for itself.',
      ),
    ]
  }
  return set.length > 0 && requests > 0 ? [samplerOff(set)] : []
}

function samplerOff(set: readonly string[]): Finding {
  return problem(
    'sampler-off',
    `The sampler records nothing: ${set.join(', ')}.`,
    'Unset OTEL_TRACES_SAMPLER to record all traces, or give parentbased_traceidratio a share in OTEL_TRACES_SAMPLER_ARG.',
  )
}

export const uselessHeaders: Rule = (examination) => {
  const headers = tracedOf(examination)?.headers
  if (headers === undefined) return []
  return [
    ...Object.entries(headers.unread).map(([name, count]) =>
      problem(
        'headers-unread',
        `${requestsWith(count)} the header ${name}, which none of the configured formats reads: a new trace began.`,
        `Add ${formatOf(name)} to OTEL_PROPAGATORS.`,
      ),
    ),
    ...Object.entries(headers.malformed).map(([name, count]) =>
      problem(
        'headers-malformed',
        `${requestsWith(count)} a header ${name} that is not well-formed: a new trace began.`,
        'Look at what the caller, or a proxy in between, sends.',
      ),
    ),
  ]
}

const FORMATS: Readonly<Record<string, string>> = {
  'x-b3-traceid': 'b3multi',
  'uber-trace-id': 'jaeger',
  traceparent: 'tracecontext',
  'x-amzn-trace-id': 'xray',
  'ot-tracer-traceid': 'ottrace',
  'x-cloud-trace-context': 'gcp',
}

function formatOf(header: string): string {
  return FORMATS[header] ?? header
}

function requestsWith(count: number): string {
  return count === 1 ? 'A request came with' : `${count} requests came with`
}

export const nothingHappened: Rule = (examination) => {
  const application = applicationAmong(examination.reports)
  const traced = application?.traced
  if (application === undefined || traced === undefined) return []
  const { asked } = examination
  if (asked !== undefined && !asked.isAnswered) {
    return [problem('request-failed', `The request to ${asked.url} was not answered: ${asked.outcome}.`)]
  }
  if (traced.headers.requests > 0 || total(traced) > 0 || traced.started > 0) return []
  const [port] = application.ports
  if (port === undefined) return idle(examination)
  return [
    problem(
      'no-request',
      `It listens on ${application.ports.join(', ')}, but no request came in ${Math.round(examination.watched / 1000)} s.`,
      `Send one while the doctor watches: --request /, or --for 60s and \`curl http://localhost:${port}/\`.`,
    ),
  ]
}

/** A program without anything to be traced. */
function idle({ reports }: Examination): Finding[] {
  const uses = applicationAmong(reports)?.traced?.libraries.some(({ outcome }) => outcome === 'patched') === true
  return [
    uses
      ? problem('no-spans', 'Its libraries are patched, but nothing was done with them: there were no spans.')
      : problem('no-spans', 'It loads nothing that pretrace traces: there were no spans.'),
  ]
}

export const orphans: Rule = (examination) => {
  const traced = tracedOf(examination)
  if (traced === undefined || traced.headers.requests === 0) return []
  // What serves requests begins traces.
  const lost = Object.entries(traced.spans).filter(([name, { withoutParent }]) => name !== 'http' && withoutParent > 0)
  return lost.map(([name, { spans, withoutParent }]) =>
    note(
      'without-parent',
      `${withoutParent} of ${spans} spans of ${name} have no parent: made outside of requests, at the start or by a timer, or their context was lost in a queue of callbacks (\`bind\` of pretrace keeps it).`,
    ),
  )
}

function total({ spans }: Traced): number {
  return Object.values(spans).reduce((sum, { spans }) => sum + spans, 0)
}
