/**
 * Silent connections, by which processes notice that this viewer is there, and when it no longer is.
 */
import type { ServerResponse } from 'node:http'

const MOST = 1000

export class Presence {
  private readonly listeners = new Set<ServerResponse>()

  /** @returns whether there was room for one more */
  add(res: ServerResponse): boolean {
    if (this.listeners.size >= MOST) return false
    this.listeners.add(res)
    res.on('close', () => this.listeners.delete(res))
    res.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
    res.write('pretrace viewer\n')
    return true
  }
}
