/**
 * Whose trace headers count (`PRETRACE_TRUST_INBOUND`). Without them a request begins a trace of its own: nobody can make
 * us record it, give it an id, or put baggage into it.
 *
 * The address is the one at the other end of the connection, which a stranger cannot choose. Path and host a stranger does
 * choose: rules by them hold where something in front of the application keeps strangers from those paths and hosts.
 */
import { BlockList, isIP } from 'node:net'
import { pathOf, pathPattern, namePattern } from '../sampling/patterns.js'

/** A connection as far as it tells who is at its other end. */
export interface Peer {
  readonly remoteAddress?: string | undefined
  /** The server that has accepted it. */
  readonly server?: { address?(): unknown } | undefined
}

/** A request, before anything is believed of it. */
export interface Arrival {
  readonly headers: Readonly<Record<string, unknown>>
  /** Path and query. */
  readonly target: string | undefined
  readonly peer: Peer | null | undefined
}

export type Trust = (arrival: Arrival) => boolean

/** Loopback, link-local and private networks (RFC 1918, 3927, 4193, 4291, 6598). */
const PRIVATE = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1',
  'fc00::/7',
  'fe80::/10',
]

/** Servers that decode or tidy a path may see another one in it than we do. */
const AMBIGUOUS = /%2e|%2f|%5c|\\|\/\.{1,2}(?:\/|$)|\/\//i

/** @returns undefined where everybody is trusted */
export function trustOf(rules: readonly string[]): Trust | undefined {
  const trusted = rules.filter((rule) => !rule.startsWith('!'))
  const refused = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1))
  const isAll = trusted.length === 0 || trusted.some((rule) => rule.toLowerCase() === 'all')
  if (isAll && refused.length === 0) return undefined
  const fits = isAll ? () => true : anyOf(trusted, false)
  const isRefused = refused.length === 0 ? () => false : anyOf(refused, true)
  return (arrival) => fits(arrival) && !isRefused(arrival)
}

/** @param refuses in doubt a rule fits, rather than not */
function anyOf(rules: readonly string[], refuses: boolean): Trust {
  const networks = rules.flatMap((rule) => (rule.toLowerCase() === 'private' ? PRIVATE : isNetwork(rule) ? [rule] : []))
  const tests = rules.flatMap((rule) => testOf(rule, refuses) ?? [])
  if (networks.length > 0) tests.push(inNetworks(networks, refuses))
  return (arrival) => tests.some((test) => test(arrival))
}

function testOf(rule: string, refuses: boolean): Trust | undefined {
  if (rule.startsWith('/')) return ofPath(rule, refuses)
  if (rule.toLowerCase() === 'unix') return ({ peer }) => typeof peer?.server?.address?.() === 'string'
  return /^host:/i.test(rule) ? ofHost(rule.slice('host:'.length), refuses) : undefined
}

function ofPath(rule: string, refuses: boolean): Trust {
  const pattern = pathPattern(refuses ? rule.toLowerCase() : rule)
  return ({ target }) => {
    if (target === undefined) return refuses
    const path = pathOf(target)
    if (AMBIGUOUS.test(path)) return refuses
    return pattern.test(refuses ? decoded(path).toLowerCase() : path)
  }
}

/** A name, with a port or with any, and perhaps a path below it. */
function ofHost(rule: string, refuses: boolean): Trust {
  const slash = rule.indexOf('/')
  const name = (slash === -1 ? rule : rule.slice(0, slash)).toLowerCase()
  const pattern = namePattern(name)
  const hasPort = /:\d+$/.test(name) && !name.endsWith(']')
  const isBelow = slash === -1 ? undefined : ofPath(rule.slice(slash), refuses)
  return (arrival) => {
    const host = arrival.headers['host'] ?? arrival.headers[':authority']
    if (typeof host !== 'string') return refuses
    const folded = host.toLowerCase()
    const fits = pattern.test(hasPort ? folded : folded.replace(/:\d*$/, '').replace(/\.$/, ''))
    return fits && (isBelow?.(arrival) ?? true)
  }
}

function inNetworks(networks: readonly string[], refuses: boolean): Trust {
  const list = new BlockList()
  for (const network of networks) {
    const [start = '', bits] = network.split('/')
    const family = familyOf(start)
    if (bits === undefined) list.addAddress(start, family)
    else list.addSubnet(start, Number(bits), family)
  }
  return ({ peer }) => {
    const address = peer?.remoteAddress
    // A Unix socket has none. That of a connection that is gone already is not known.
    if (address === undefined) return refuses && typeof peer?.server?.address?.() !== 'string'
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
    return isIP(plain) !== 0 && list.check(plain, familyOf(plain))
  }
}

function isNetwork(rule: string): boolean {
  return isIP(rule.split('/')[0] ?? '') !== 0
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
