/**
 * Route patterns of Express: what was registered, joined over nested routers, as in `/tenants/:tenant/users/:id`.
 *
 * Express keeps a mount's path as a regular expression only, so `router.use` is watched for what it was given. Patterns
 * belong to layers, not to routers: a router mounted twice has two.
 */
import { Returns, Stamp, type Description } from '../src/instrumentation.js'

/** Path given to `router.use`, hung on the layers that it made. */
const mountPath = Stamp<unknown>()
const arrayMatchers = Stamp<readonly Matcher[]>()

/** A text that was made of a layer, and of what else. */
interface Made {
  readonly of: string | undefined
  readonly text: string | undefined
}

/**
 * The last one: the pattern of what is mounted and of a route, the label of a function in a route. They are nearly always
 * reached below the same prefix. A stamp written out.
 */
class lastMade extends Returns {
  #value: Made | undefined

  static get(layer: object): Made | undefined {
    return #value in layer ? layer.#value : undefined
  }

  static set(layer: object, value: Made): void {
    const stamped = #value in layer ? layer : new lastMade(layer)
    stamped.#value = value
  }
}

/** Remembers which path the layers were registered with; `args` are those of `router.use`. */
export function rememberMount(layers: readonly Layer[], args: ArrayLike<unknown>): void {
  const path = pathIn(args)
  for (const layer of layers) mountPath.set(layer, path)
}

/** The path in the arguments of `use`: whatever comes first and is no function, nor a list of functions. */
function pathIn(args: ArrayLike<unknown>): unknown {
  let first = args[0]
  while (Array.isArray(first) && first.length > 0) first = first[0] as unknown
  if (typeof first === 'function') return '/'
  return Array.isArray(args[0]) ? [...(args[0] as unknown[])] : args[0]
}

/**
 * The pattern of a route below `prefix`.
 *
 * @param url the request's, as the router sees it: tells which of several paths has matched
 * @returns undefined where the pattern is not known
 */
export function routePattern(layer: Layer, prefix: string | undefined, url: unknown): string | undefined {
  const path = layer.route?.path
  const pattern = patternOf(layer, path, prefix, Array.isArray(path) ? pathname(url) : '')
  return pattern === '' ? '/' : pattern
}

/**
 * The pattern of what is mounted: a prefix for what is inside, thus '' for the root.
 *
 * @param matched the part of the path that the mount has taken
 */
export function mountPattern(layer: Layer, prefix: string | undefined, matched: string): string | undefined {
  return patternOf(layer, mountPath.get(layer) ?? layer.rawPath, prefix, matched || '/')
}

function patternOf(layer: Layer, path: unknown, prefix: string | undefined, text: string): string | undefined {
  if (prefix === undefined) return undefined
  if (Array.isArray(path)) return join(prefix, memberOf(layer, path, text))
  const last = lastMade.get(layer)
  if (last?.of === prefix) return last.text
  const pattern = join(prefix, path)
  lastMade.set(layer, { of: prefix, text: pattern })
  return pattern
}

/** Joins with single slashes, without one at the end. A regular expression is shown as its source in slashes. */
export function join(prefix: string, path: unknown): string | undefined {
  const own = path instanceof RegExp ? `/${path.source}/` : path
  if (typeof own !== 'string') return undefined
  const head = prefix.replace(/\/+$/, '')
  const tail = (path instanceof RegExp ? own : own.replace(/\/+$/, '')).replace(/^\/+/, '')
  return tail === '' ? head : `${head}/${tail}`
}

/** The span's name of a function in the route `pattern`, such as `loadUser /users/:id`. */
export function labelOf(layer: Layer, pattern: string | undefined): string {
  const last = lastMade.get(layer)
  if (last?.text !== undefined && last.of === pattern) return last.text
  const name = nameOf(layer) ?? 'handler'
  const text = pattern === undefined ? name : `${name} ${pattern}`
  lastMade.set(layer, { of: pattern, text })
  return text
}

/** A function in the route `pattern`. */
export function describeHandler(pattern: string): Description {
  return { tags: () => ['http.route', pattern] }
}

/** What the function in a layer is called, if it is. */
export function nameOf({ handle, name = handle.name }: Layer): string | undefined {
  return typeof name === 'string' && name !== '' && name !== '<anonymous>' ? name : undefined
}

/** The path of a request's URL, as the router sees it. */
export function pathname(url: unknown): string {
  return typeof url === 'string' ? (/^(?:[a-z][\w+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? '') : ''
}

/** Which of several paths matched `text`: Express itself forgets. */
function memberOf(layer: Layer, paths: readonly unknown[], text: string): unknown {
  const { matchers = matchersOf(layer, paths), rawPath } = layer
  const members = Array.isArray(rawPath) ? rawPath : layer.matchers === undefined ? paths.flat(Infinity) : paths
  try {
    return members[matchers.findIndex((matches) => matches(text))]
  } catch {
    // Decoding fails where the application has put another URL into the request meanwhile: the route stays unknown.
    return undefined
  }
}

/** Express 4 makes one regular expression of all paths: each gets a layer of its own to be tested with. */
function matchersOf(layer: Layer, paths: readonly unknown[]): readonly Matcher[] {
  const known = arrayMatchers.get(layer)
  if (known !== undefined) return known
  const Single = layer.constructor as LayerClass
  const options = { sensitive: layer.regexp?.ignoreCase === false, strict: false, end: layer.route !== undefined }
  const matchers = paths.flat(Infinity).map((path) => {
    const single = new Single(path, options, layer.handle)
    return (text: string) => single.match(text)
  })
  arrayMatchers.set(layer, matchers)
  return matchers
}

// ---- the little of a layer relied upon ----

type Matcher = (text: string) => unknown
type LayerClass = new (path: unknown, options: object, handle: unknown) => { match: Matcher }

/** One function in a router, a route in a router, or one function in a route. */
export interface Layer {
  readonly handle: { readonly length: number; readonly name?: string }
  /** Layers have one since 4.6. */
  readonly name?: unknown
  /** Of a route in a router. */
  readonly route?: { readonly path: unknown }
  /** Own property of functions in a route: undefined for `all`. */
  readonly method?: string
  /** Express 4. */
  readonly regexp?: RegExp
  /** router 2. */
  readonly matchers?: readonly Matcher[]
  /** router 2.3: the path as registered, arrays flattened. */
  readonly rawPath?: unknown
}
