/**
 * Which messages go through a proxy: by the variables that curl and its kin read.
 */
import { BlockList, isIP } from 'node:net'

export interface Proxies {
  /** For http addresses. */
  readonly httpProxy: string | undefined
  readonly httpsProxy: string | undefined
  /** Hosts that are reached directly. */
  readonly noProxy: readonly string[]
}

let proxies: Proxies = { httpProxy: undefined, httpsProxy: undefined, noProxy: [] }

/** For all messages from now on. */
export function setProxies({ httpProxy, httpsProxy, noProxy }: Proxies): void {
  proxies = { httpProxy, httpsProxy, noProxy }
}

export function currentProxies(): Proxies {
  return proxies
}

/** The proxy on the way to `url`; undefined where there is none. What runs on this host is reached directly. */
export function proxyFor(url: URL): URL | undefined {
  const proxy = url.protocol === 'https:' ? proxies.httpsProxy : proxies.httpProxy
  if (proxy === undefined) return undefined
  const host = bare(url.hostname)
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  if (isHere(host) || proxies.noProxy.some((rule) => covers(rule, host, port))) return undefined
  return new URL(proxy)
}

function isHere(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d+){3}$/.test(host)
}

/**
 * `*`, a domain with all below it (a leading `.` or `*.` changes nothing), an address, or a range of addresses such as
 * `10.0.0.0/8`; each may name a port.
 */
function covers(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true
  const [, name = '', ownPort] = /^(\[.*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(rule.toLowerCase()) ?? []
  if (ownPort !== undefined && ownPort !== port) return false
  if (isIP(host) !== 0) return isInRange(bare(name), host)
  const domain = name.replace(/^\*?\./, '')
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`))
}

function isInRange(range: string, address: string): boolean {
  const [start = '', bits] = range.split('/')
  if (isIP(start) === 0 || isIP(start) !== isIP(address)) return false
  const family = isIP(start) === 6 ? 'ipv6' : 'ipv4'
  const width = bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits)
  if (!(width >= 0 && width <= (family === 'ipv6' ? 128 : 32))) return false
  const list = new BlockList()
  list.addSubnet(start, width, family)
  return list.check(address, family)
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}
