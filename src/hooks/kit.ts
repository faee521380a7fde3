/**
 * The kit that a patch works with: wrapping with undo, and the tracer's services under one component's name.
 */
import type { HeaderWriter, Kit, Options, Wrappable } from '../instrumentation.js'
import type { Composite } from '../propagation/composite.js'
import { debug } from '../log.js'
import { HeadersReader } from '../propagation/carriers.js'
import type { Variables } from '../propagation/environment.js'
import type { Peer, Trust } from '../propagation/trust.js'
import { activeScope, contextIn } from '../scope/scope.js'
import type { SpanContext } from '../tracer/context.js'
import { linger } from '../tracer/lingerers.js'
import type { SpanKind } from '../tracer/record.js'
import type { Span } from '../tracer/span.js'
import type { Tracer } from '../tracer/tracer.js'
import shimmer from 'shimmer'
import { disguise, type AnyFunction } from './disguise.js'

/** What the kits of a process share. */
export interface Core {
  readonly tracer: Tracer
  readonly propagation: Composite
  /** What this process was started with of another one's trace. */
  readonly inherited?: Variables | undefined
  /** Whose headers count; undefined: everybody's. */
  readonly trusts?: Trust | undefined
  readonly options: Options
}

/** The library has no function where one was expected. */
export class MissingSeam extends Error {
  override readonly name = 'MissingSeam'
}

const MARKS = ['__original', '__unwrap', '__wrapped'] as const

export class PatchKit implements Kit {
  readonly options: Options
  private readonly core: Core
  private readonly component: string
  private readonly needsParent: boolean
  private readonly undos: (() => void)[] = []

  constructor(core: Core, component: string) {
    this.core = core
    this.component = component
    this.options = core.options
    this.needsParent = core.options.requireParent.includes(component)
  }

  wrap<Fn extends Wrappable>(owner: object, name: string, factory: (original: Fn) => Fn): void {
    const members = owner as Record<string, AnyFunction>
    if (typeof members[name] !== 'function') throw new MissingSeam(`there is no function ${name}`)
    const before = Object.getOwnPropertyDescriptor(owner, name)
    const wrapped = shimmer.wrap(members, name, (original) => {
      const callee = before === undefined ? inheritedCall(owner, name) : original
      return disguise(factory(callee as unknown as Fn) as unknown as AnyFunction, original)
    })
    if (wrapped === undefined) throw new MissingSeam(`${name} cannot be wrapped`)
    // What shimmer leaves on a function for itself. Whoever wraps this one again gets marks of its own.
    for (const mark of MARKS) delete (wrapped as unknown as Record<string, unknown>)[mark]
    this.undos.push(() => {
      if (members[name] !== wrapped) return
      if (before === undefined) delete members[name]
      else Object.defineProperty(members, name, before)
    })
  }

  onUndo(undo: () => void): void {
    this.undos.push(undo)
  }

  /** Takes everything back, last first. A step that fails does not keep the others from being taken. */
  undo(): void {
    for (const undo of this.undos.splice(0).reverse()) {
      try {
        undo()
      } catch (error) {
        // The library has been frozen since.
        debug(`a patch of ${this.component} could not be undone: ${String(error)}`)
      }
    }
  }

  startSpan(name: string, kind?: SpanKind, parent?: SpanContext): Span | undefined {
    const scope = activeScope()
    if (scope?.suppressed === true) return undefined
    const above = parent ?? contextIn(scope)
    if (this.needsParent && above === undefined && this.core.tracer.origin?.(kind) === undefined) return undefined
    return this.core.tracer.start(name, above, kind, this.component)
  }

  startServerSpan(name: string, headers: Readonly<Record<string, unknown>>, target?: string, peer?: Peer | null): Span {
    const { trusts, propagation } = this.core
    const isTrusted = trusts === undefined || trusts({ headers, target, peer })
    const parent = isTrusted ? propagation.extract(new HeadersReader(headers)) : undefined
    return this.core.tracer.start(name, parent ?? undefined, 'server', this.component, undefined, undefined, target)
  }

  inject(span: Span, write: HeaderWriter, present?: readonly string[]): void {
    this.core.propagation.inject(span.context(), write, present)
  }

  clashing(span: Span, present: readonly string[]): readonly string[] {
    return this.core.propagation.clashing(span.context(), present)
  }

  passedOn(span: Span, present: readonly string[], valueOf: (name: string) => unknown): readonly string[] {
    return this.core.propagation.passedOn(span.context(), present, valueOf)
  }

  environmentChanges(span: Span, valueOf: (variable: string) => string | undefined): Map<string, string | undefined> {
    const { environmentChanges } =
      require('../propagation/environment.js') as typeof import('../propagation/environment.js')
    const { propagation, inherited } = this.core
    return environmentChanges(propagation, span.context(), valueOf, inherited)
  }

  injectResponse(span: Span, write: (name: string, value: string, isList: boolean) => void): void {
    const { injectResponse } = require('../propagation/response.js') as typeof import('../propagation/response.js')
    injectResponse(span.context(), this.options.responseHeaders, write)
  }

  linger(span: Span): void {
    linger(span)
  }
}

/** Calls what the parent has at that moment, as without a wrapper: it may be replaced later, as `domain` does to `emit`. */
function inheritedCall(owner: object, name: string): AnyFunction {
  const parent = Object.getPrototypeOf(owner) as Record<string, AnyFunction>
  if (name === 'emit') return inheritedEmit(parent)
  return function callInherited(this: unknown) {
    return (parent[name] as AnyFunction).apply(this, arguments as never)
  }
}

/** Ten times a request: looked up by a name that stands in the code, it takes a tenth of the time. */
function inheritedEmit(parent: Record<string, AnyFunction>): AnyFunction {
  return function callInherited(this: unknown) {
    return (parent['emit'] as AnyFunction).apply(this, arguments as never)
  }
}
