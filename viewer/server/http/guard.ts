/**
 * Who may ask. A browser asks on behalf of whatever page is open in it, so a request that comes from one has to come from
 * the viewer's own page, and any request has to be meant for the viewer: a page of a stranger whose name suddenly points
 * to this machine (DNS rebinding) says that name in `Host`.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/** Names that no public name server can give away. */
const PRIVATE_NAME = /\.(localhost|local|internal|svc|cluster\.local)$|^[^.]+$/

export interface GuardOptions {
  /** What is listened on. */
  readonly host: string
  readonly allowedOrigins: readonly string[]
}

export class Guard {
  private readonly isOpen: boolean
  private readonly names: ReadonlySet<string>
  private readonly origins: ReadonlySet<string>

  constructor({ host, allowedOrigins }: GuardOptions) {
    this.isOpen = !isLoopback(host)
    this.origins = new Set(allowedOrigins.map(normalOrigin))
    const allowed = [...this.origins].map((origin) => nameOf(origin.replace(/^\w+:\/\//, '')))
    this.names = new Set([
      'localhost',
      'host.docker.internal',
      host.toLowerCase(),
      hostname().toLowerCase(),
      ...allowed,
    ])
  }

  /** Why a request is refused; undefined where it is welcome. */
  refusal(headers: IncomingHttpHeaders): string | undefined {
    const { host, origin } = headers
    if (host === undefined || !this.isOurs(nameOf(host))) {
      return `the host ${shown(host)} is not this viewer's; allow its origin if it is meant to be`
    }
    if (origin !== undefined && !this.isWelcome(origin, host)) return `the origin ${shown(origin)} is not allowed`
    // Of a request without `Origin`, such as that of an image, browsers say where it comes from.
    const isStranger = headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site'
    if (isStranger && origin === undefined && headers['sec-fetch-mode'] !== 'navigate') {
      return 'another site asks for this'
    }
    return undefined
  }

  /** The origin to name in the answer, if it is one of those configured. */
  foreign(headers: IncomingHttpHeaders): string | undefined {
    const { origin } = headers
    return origin !== undefined && this.origins.has(normalOrigin(origin)) ? origin : undefined
  }

  private isOurs(name: string): boolean {
    if (this.names.has(name) || name.endsWith('.localhost')) return true
    if (isIP(name) !== 0) return this.isOpen || isLoopback(name)
    return this.isOpen && PRIVATE_NAME.test(name)
  }

  private isWelcome(origin: string, host: string): boolean {
    const own = origin.replace(/^https?:\/\//i, '').toLowerCase()
    return own === host.toLowerCase() || this.origins.has(normalOrigin(origin))
  }
}

/** Whether nobody but this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function normalOrigin(origin: string): string {
  return origin.trim().replace(/\/$/, '').toLowerCase()
}

/** A `Host` without its port. */
function nameOf(host: string): string {
  return host
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase()
}

function shown(text: string | undefined): string {
  return JSON.stringify((text ?? '').slice(0, 100))
}
