/**
 * Certificates and keys from files. What cannot be used is said and left out.
 */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { messageOf, warn } from '../log.js'
import type { Certificates } from '../http/opening.js'

/** @param paths where the PEM files are */
export function readCertificates({ ca, cert, key }: Certificates): Certificates {
  return { ...usable('the certificate of the collector', { ca }), ...usable('the client certificate', { cert, key }) }
}

function usable(what: string, paths: Certificates): Certificates {
  try {
    const texts = Object.entries(paths).map(([name, path]) => [name, path && readFileSync(path as string, 'utf8')])
    const found = Object.fromEntries(texts) as Certificates
    createSecureContext(found)
    return found
  } catch (error) {
    warn(`${what} cannot be used: ${messageOf(error)}; going on without`)
    return {}
  }
}
