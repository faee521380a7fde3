/**
 * The certificates that make.sh made, for the names `localhost` and `collector.test`. Nobody else trusts them.
 */
import { join } from 'node:path'
import { root } from './run.js'

const file = (name: string): string => join(root, 'test', 'support', 'certificates', name)

/** Paths of PEM files. */
export const certificates = {
  ca: file('ca.pem'),
  server: file('server.pem'),
  serverKey: file('server-key.pem'),
  client: file('client.pem'),
  clientKey: file('client-key.pem'),
} as const
