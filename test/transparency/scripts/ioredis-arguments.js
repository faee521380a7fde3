'use strict'
const { load, each } = require('../kit.js')
const Redis = load('ioredis')
const client = new Redis(process.env.REDIS_URL)
const key = (name) => `${process.env.KEYS}:${name}`
each({
  set: () => client.set(key('a'), 1, 'EX', 100),
  wrong: () => client.lpush(key('a'), 'x'),
  call: () => client.call('ECHO', 'x'),
  unknown: () => client.call('NOSUCH', 'x'),
  flat: () => client.mset({ [key('b')]: '1', [key('c')]: '2' }),
  array: () => client.mget([key('b'), key('c')]),
  buffer: () => client.getBuffer(key('b')).then(String),
  callback: () => new Promise((resolve) => client.get(key('b'), (error, value) => resolve([error, value]))),
  nothing: () => client.get(),
  script: () => client.eval('return {KEYS[1], ARGV[1]}', 1, 'k', 'v'),
  defined: () => (client.defineCommand('own', { numberOfKeys: 0, lua: 'return ARGV[1]' }), client.own('x')),
  delete: () => client.del(key('a'), key('b'), key('c')),
}).then(() => client.quit())
