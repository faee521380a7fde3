/**
 * Where the viewer is.
 */
import type { Config } from '../config/variables.js'
import { inUrl } from '../http/target.js'

/** What is listened on for all addresses is reached by this one. */
const LOOPBACK = '127.0.0.1'

/** The host by which processes of this machine reach the viewer. */
export function viewerHost({ viewerHost: host }: Pick<Config, 'viewerHost'>): string {
  return host === undefined || host === '0.0.0.0' || host === '::' ? LOOPBACK : host
}

export function viewerUrl(config: Pick<Config, 'viewer' | 'viewerHost'>): string {
  const host = viewerHost(config)
  return `http://${inUrl(host)}:${config.viewer}`
}
