/**
 * The variables of what instrumentations leave out, add and tell.
 */
import { choices, list, milliseconds, pairs, text, toggle, variable, type Type } from './types.js'

const responseHeaders = ['traceresponse', 'server-timing'] as const

/** What the client of a request may be told of its span. */
export type ResponseHeader = (typeof responseHeaders)[number]

/** The names are known to register.ts alone. */
const instrumentations: Type<readonly string[]> = { ...list, ifBad: 'a name that does not exist is skipped' }

const MASKED = 'Those that hold secrets, such as `authorization` and `cookie`, are masked.'

export const instrumentationVariables = {
  ignoreIncoming: variable<readonly string[]>({
    name: 'PRETRACE_HTTP_IGNORE_INCOMING',
    type: list,
    default: [],
    meaning:
      'Requests received that are not traced, nor anything in their course: paths such as `/health` or `/assets/*`, in which `*` stands for any text.',
  }),
  ignoreOutgoing: variable<readonly string[]>({
    name: 'PRETRACE_HTTP_IGNORE_OUTGOING',
    type: list,
    default: [],
    meaning:
      'Requests sent that have no span and get no headers: hosts (`metrics.local`, `*.example.com:8080`), URLs (`https://host/v1/*`) or paths (`/ping`).',
  }),
  serverRequestHeaders: variable<readonly string[]>({
    name: 'OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST',
    aliases: [{ name: 'OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS' }],
    type: list,
    default: [],
    meaning: `Headers of requests received that are recorded. ${MASKED}`,
  }),
  serverResponseHeaders: variable<readonly string[]>({
    name: 'OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_RESPONSE',
    aliases: [{ name: 'OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_RESPONSE_HEADERS' }],
    type: list,
    default: [],
    meaning: 'Headers of responses sent that are recorded, as above.',
  }),
  clientRequestHeaders: variable<readonly string[]>({
    name: 'OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST',
    aliases: [{ name: 'OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_REQUEST_HEADERS' }],
    type: list,
    default: [],
    meaning: 'Headers of requests sent that are recorded, as above.',
  }),
  clientResponseHeaders: variable<readonly string[]>({
    name: 'OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_RESPONSE',
    aliases: [{ name: 'OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_RESPONSE_HEADERS' }],
    type: list,
    default: [],
    meaning: 'Headers of responses received that are recorded, as above.',
  }),
  knownMethods: variable<readonly string[]>({
    name: 'OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS',
    type: list,
    default: ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE'],
    meaning: 'HTTP methods that spans are named by, case counting; any other is `HTTP` in names and `_OTHER` in tags.',
  }),
  responseHeaders: variable<readonly ResponseHeader[]>({
    name: 'PRETRACE_RESPONSE_HEADERS',
    type: choices(responseHeaders),
    default: [],
    meaning:
      'Headers that tell the client, such as a browser, of the server’s span. Pages of another origin need the application’s `Timing-Allow-Origin` or `Access-Control-Expose-Headers` to read them.',
  }),
  httpTimings: variable({
    name: 'PRETRACE_HTTP_TIMINGS',
    type: toggle,
    default: false,
    meaning:
      'Spans of requests sent tell by logs what they waited for: `dns.resolved`, `connected`, `tls.established` or `connection.reused`, and `first_byte`.',
  }),
  slowCallbacks: variable<number | undefined>({
    name: 'PRETRACE_SLOW_CALLBACKS',
    type: milliseconds(1),
    default: undefined,
    meaning:
      'A callback that holds the event loop for longer is logged on the span for which it did most of its work: `slow callback`, with `duration_ms`, what `callback` it was and its `function`, if it has a name. Every callback of the process is timed for it.',
  }),
  requireParent: variable<readonly string[]>({
    name: 'PRETRACE_REQUIRE_PARENT',
    type: instrumentations,
    default: [],
    meaning: 'These libraries are traced only inside of a trace: what they do at start-up, or by a timer, has no span.',
  }),
  peerServices: variable<Readonly<Record<string, string>>>({
    name: 'PRETRACE_PEER_SERVICE',
    type: pairs,
    default: {},
    meaning: 'Names of the services behind hosts, as `host=name` or `host:port=name`: the tag `peer.service`.',
  }),
  hooks: variable<string | undefined>({
    name: 'PRETRACE_HOOKS',
    type: text,
    default: undefined,
    meaning:
      'A module whose functions are called when spans start and finish: `{ http: { onStart(span), onFinish(span) } }`, by the names in the table of libraries, or `"*"` for all spans.',
  }),
}
