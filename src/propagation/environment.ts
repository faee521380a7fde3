/**
 * The environment as a carrier (OpenTelemetry, "Environment Variables as Context Propagation Carriers"): a header's name
 * in capitals, its text as ever. A process reads what it was started with, and gives its children what is true for them;
 * its own environment stays as it is.
 */
import type { SpanContext } from '../tracer/context.js'
import type { Composite, Reader } from './composite.js'

export type Variables = Readonly<Record<string, string | undefined>>

/** The variable that stands for a header. */
export function variableOf(header: string): string {
  const name = header.toUpperCase().replace(/[^A-Z0-9_]/g, '_')
  return /^\d/.test(name) ? `_${name}` : name
}

/** Reads variables as headers. Names of several words come back with hyphens, whatever separated the words. */
export class EnvironmentReader implements Reader {
  private readonly variables: Variables

  constructor(variables: Variables) {
    this.variables = variables
  }

  get(name: string): string | undefined {
    return this.variables[variableOf(name)] || undefined
  }

  names(): Iterable<string> {
    return Object.keys(this.variables).map((name) => name.toLowerCase().replaceAll('_', '-'))
  }
}

/**
 * What has to change in the environment of a child process that is to continue `context`; undefined removes a variable.
 * A format of which the caller has set a variable itself is left alone; one that merely was inherited is not the
 * caller's.
 *
 * @param valueOf what the child would get
 * @param inherited what this process was started with
 */
export function environmentChanges(
  composite: Composite,
  context: SpanContext,
  valueOf: (variable: string) => string | undefined,
  inherited: Variables | undefined,
): Map<string, string | undefined> {
  const changes = new Map<string, string | undefined>()
  const isSet = (header: string): boolean => {
    const variable = variableOf(header)
    const value = valueOf(variable)
    return value !== undefined && value !== '' && value !== inherited?.[variable]
  }
  const present: string[] = []
  for (const { fields } of composite.propagators) {
    const own = fields.filter(isSet)
    present.push(...own)
    if (own.length > 0) continue
    for (const variable of fields.map(variableOf)) if (valueOf(variable) !== undefined) changes.set(variable, undefined)
  }
  // Baggage has variables that no list names.
  composite.inject(context, (header, value) => isSet(header) || changes.set(variableOf(header), value), present)
  return changes
}
