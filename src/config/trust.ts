/**
 * The grammar of `PRETRACE_TRUST_INBOUND`: whose trace headers count. Loaded when it is set.
 */
import { BlockList, isIP } from 'node:net'
import type { Complain } from './types.js'

/** What a stranger must not be given by a slip of the pen. */
const NOBODY = ['none']
const WORDS = new Set(['all', 'private', 'unix'])
const HOST = /^host:(?:\[[\d:a-f.*]+\]|[\w.*-]+)(?::\d+)?(?:\/\S*)?$/i
const PATH = /^\/\S*$/

/**
 * Rules in the form that trust.ts of the propagation understands. A rule that cannot be read trusts nobody; where it was
 * to refuse somebody, nobody is trusted at all, for it cannot be told whom it meant.
 */
export function trustRules(value: string, complain: Complain): readonly string[] {
  const given = value
    .split(',')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
  if (given.length === 0) complain('names nothing')
  const bad = given.filter((rule) => !isRule(rule))
  for (const rule of bad) complain(`has "${rule}", which is no address, range, path, host: or known word`)
  if (bad.some((rule) => rule.startsWith('!'))) return NOBODY
  const good = given.filter((rule) => isRule(rule) && rule.toLowerCase() !== 'none')
  if (good.length === 0) return NOBODY
  if (given.some((rule) => rule.toLowerCase() === 'none')) complain('says none and more')
  return good
}

function isRule(rule: string): boolean {
  const positive = rule.startsWith('!') ? rule.slice(1) : rule
  const word = positive.toLowerCase()
  if (word === 'none') return positive === rule
  if (word === 'all') return positive === rule
  return WORDS.has(word) || isNetwork(positive) || HOST.test(positive) || PATH.test(positive)
}

/** An address, or a range such as `10.0.0.0/8`. */
function isNetwork(rule: string): boolean {
  const [start = '', bits, ...more] = rule.split('/')
  if (isIP(start) === 0 || more.length > 0) return false
  if (bits === undefined) return true
  try {
    new BlockList().addSubnet(start, /^\d+$/.test(bits) ? Number(bits) : -1, isIP(start) === 6 ? 'ipv6' : 'ipv4')
    return true
  } catch {
    return false
  }
}
