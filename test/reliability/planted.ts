/**
 * Secrets, and the places where applications leave them. Every case has a secret of its own: `§` stands for one of
 * letters, `¤` for one of digits.
 */
import { PARAMETERS, SQL } from './planted-sql.js'

export interface Planted {
  readonly kind: Kind
  readonly text: string
  readonly secret: string
}

/** `KEY` stands for a key of the application's own. */
const REDIS = [
  'AUTH §',
  'AUTH user §',
  'HELLO 3 AUTH user §',
  'SET KEY §',
  'SET KEY § EX 100',
  'SET KEY:§ 1',
  'GET §',
  'SETEX KEY 9 §',
  'PSETEX KEY 9999 §',
  'GETSET KEY §',
  'MSET KEY §',
  'APPEND KEY §',
  'SETRANGE KEY 0 §',
  'HSET KEY:h field §',
  'HSET KEY:h § 1',
  'HGET KEY:h §',
  'LPUSH KEY:l §',
  'LREM KEY:l 0 §',
  'LINSERT KEY:l BEFORE § §',
  'SADD KEY:s §',
  'SISMEMBER KEY:s §',
  'SMISMEMBER KEY:s § §',
  'ZADD KEY:z 1 §',
  'ZADD KEY:z ¤ member',
  'ZSCORE KEY:z §',
  'ZRANGEBYLEX KEY:z [§ [§',
  'XADD KEY:x * field §',
  'GEOADD KEY:g 1 1 §',
  'PFADD KEY:p §',
  'PUBLISH channel §',
  'ECHO §',
  'PING §',
  'EVAL return"§" 0',
  'EVAL return(ARGV[1]) 0 §',
  'EVAL return(redis.error_reply("§")) 0',
  'EVAL return(redis.error_reply("WRONG_§")) 0',
  'EVAL error("§") 0',
  'EVAL return(nonsense§ 0',
  'EVALSHA § 0 §',
  'SCRIPT LOAD return"§"',
  'FUNCTION LOAD §',
  'FCALL § 0 §',
  'CONFIG SET no-such-password §',
  'CONFIG SET requirepass-nonsense §',
  'CONFIG GET §',
  'ACL SETUSER KEY on >§ ~§',
  'ACL SETUSER KEY #§',
  'ACL DELUSER KEY §',
  'ACL GETUSER §',
  'MIGRATE 127.0.0.1 1 KEY 0 1 AUTH §',
  'SENTINEL SET master auth-pass §',
  'CLIENT SETNAME §',
  'CLIENT KILL §',
  'RESTORE KEY:r 0 §',
  'INCRBY KEY §',
  'SET KEY 1 §',
  'LPUSH KEY §',
  'NOSUCH § § §',
  'OBJECT §',
  'SORT KEY:l BY §',
  'BITFIELD KEY SET u8 0 §',
  'DUMP §',
]

/** Names of parameters, as people give them. */
const NAMES =
  'token access_token id_token refreshToken api_key apikey X-Api-Key password user[password] pwd secret clientSecret code session sig' +
  ' Signature X-Amz-Signature X-Goog-Credential auth jwt passphrase reset-password-token otp SAMLResponse key %74oken TOKEN'

/** Paths that are asked for by http, fetch and undici, and served by Express. */
const PATHS = NAMES.split(' ').map((name) => `/q?a=1&${name}=§&b=2`)
PATHS.push(
  '/q?token=§#fragment',
  '/q#§',
  '/q?a=1;token=§',
  '/q?token=a=§?§',
  '/q?next=https%3A%2F%2Fuser%3A§%40host%2F',
  '/q?next=https%3A%2F%2Fhost%2F%3Ftoken%3D§',
  '/q?next=%2Flogin%3Fpassword%3D§%26x',
  '/q?state=eyJhbGciOiJub25lIn0.§.x',
  '/q;jsessionid=§?a',
  '/q?token=%zz§',
  '/q?authorization=Basic%20§',
)

const HEADERS = [
  'Authorization: Bearer §',
  'Authorization: Basic §',
  'Authorization: Digest username="a", response="§"',
  'Proxy-Authorization: Basic §',
  'Cookie: session=§; other=§',
  'X-Api-Key: §',
  'X-Auth-Token: §',
  'X-Csrf-Token: §',
  'X-Amz-Security-Token: §',
  'X-Anything: §',
  'Referer: http://a/?token=§',
  'Origin: http://§',
  'X-Forwarded-For: §',
  'From: §',
  'Host: user:§@host',
  'baggage: user=§',
  'baggage: user=%E2%82%AC§;property=§',
  'uberctx-user: §',
  'jaeger-baggage: user=§',
  'uber-trace-id: §',
  'traceparent: 00-§-§-01',
  'X-B3-TraceId: §',
  'b3: §',
]

/** What a handler throws. */
const MESSAGES = [
  'connect postgres://user:§@db:5432/app failed',
  'connect redis://:§@cache:6379 failed',
  'cannot reach amqp://user:with/slash@and§@queue',
  'GET https://host/path?token=§ failed',
  'GET https://host/path?a=1&api_key=§',
  'bad password=§',
  'bad password: §',
  'bad password "§"',
  "invalid token '§' given",
  'the secret is `§`',
  '{"user":"me","password":"§"}',
  '{"apiKey": "with \\" quote §", "a": 1}',
  "{ password: '§', user: 'me' }",
  'Authorization: Bearer §',
  'header authorization=Basic §',
  'sent Bearer §',
  'Cookie: a=1; session=§',
  'set-cookie: sid=§; Path=/',
  'jwt eyJhbGciOiJIUzI1NiJ9.§.signature§',
  'PGPASSWORD=§ psql',
  'AWS_SECRET_ACCESS_KEY=§',
  'aws AKIA¤AAAA',
  'sk_live_§',
  '-----BEGIN RSA PRIVATE KEY-----\n§\n-----END RSA PRIVATE KEY-----',
  'first line\n    at password=§',
]

const BODIES = ['{"password":"§"}', '{"a": §', '§', '"§', '{"password": "§" oops']

/** Arguments of processes started; `ENV` is put into the environment instead. */
const PROCESSES = ['--password=§', 'ENV §', 'SHELL §', 'SYNC §', 'FAILS §']

const TEXTS = {
  sql: SQL,
  parameters: PARAMETERS,
  redis: REDIS,
  ioredis: REDIS,
  http: PATHS,
  fetch: PATHS,
  undici: PATHS,
  headers: HEADERS,
  messages: MESSAGES,
  bodies: BODIES,
  processes: PROCESSES,
} as const

export type Kind = keyof typeof TEXTS | 'urls'

let count = 0

export function plant(kind: Kind, text: string): Planted {
  const number = String(++count).padStart(4, '0')
  const secret = text.includes('¤') && !text.includes('§') ? `77${number}908171` : `hush${number}hush`
  return { kind, text: text.replaceAll('§', `hush${number}hush`).replaceAll('¤', `77${number}908171`), secret }
}

export function plantAll(): Planted[] {
  const kinds = Object.entries(TEXTS) as [keyof typeof TEXTS, readonly string[]][]
  return kinds.flatMap(([kind, texts]) => texts.map((text) => plant(kind, text)))
}
