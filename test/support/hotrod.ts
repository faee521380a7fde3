/**
 * HotROD's four services, traced, with a backend of the test's choice. Needs DATABASE_URL and REDIS_URL.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { libraries, preload, root } from './run.js'

const folder = join(root, 'examples', 'hotrod')

interface Started {
  readonly url: Promise<string>
  stop(): Promise<void>
}
interface Services {
  startService(name: string, args: string[], options: object): Started
  runScript(args: string[], options: object): { readonly done: Promise<void> }
}

/** Runs a statement in the database of that address. */
export async function inDatabase(url: string | undefined, statement: string): Promise<void> {
  const { Client } = createRequire(join(libraries('current'), 'package.json'))('pg')
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}

/** Another database of the server that DATABASE_URL names. */
export function databaseBeside(name: string): string {
  const url = new URL(process.env['DATABASE_URL'] ?? '')
  url.pathname = `/${name}`
  return url.href
}

/** Makes the query that is slow by itself slow beyond doubt: on a busy machine everything is slow. */
export async function slowDown(url: string): Promise<void> {
  await inDatabase(
    url,
    `ALTER TABLE hotrod.rides RENAME TO past_rides;
     CREATE VIEW hotrod.rides AS
       WITH pause AS MATERIALIZED (SELECT pg_sleep(0.3)) SELECT past_rides.* FROM pause, hotrod.past_rides`,
  )
}

export class Hotrod {
  /** Of the front end. */
  readonly url: string
  private readonly services: readonly Started[]
  private readonly database: string

  private constructor(url: string, services: readonly Started[], database: string) {
    this.url = url
    this.services = services
    this.database = database
  }

  /** @param endpoint where spans go, by OTLP */
  static async start(endpoint: string): Promise<Hotrod> {
    const { startService, runScript } = require(join(root, 'scripts', 'demo', 'services.js')) as Services
    const database = `hotrod_page_${process.pid}`
    await inDatabase(process.env['DATABASE_URL'], `CREATE DATABASE ${database}`)
    const own = { DATABASE_URL: databaseBeside(database), OTEL_BSP_SCHEDULE_DELAY: '100' }
    const env = { ...process.env, ...own, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }
    await runScript([join(folder, 'seed.js')], { cwd: folder, env }).done
    await slowDown(own.DATABASE_URL)
    const services: Started[] = []
    const start = (name: string, more: object = {}): Promise<string> => {
      const service = startService(name, ['-r', preload, `${name}.js`], {
        cwd: folder,
        env: { ...env, ...more, OTEL_SERVICE_NAME: name, PORT: '0' },
      })
      services.push(service)
      return service.url
    }
    const [customer, driver, route] = await Promise.all(['customer', 'driver', 'route'].map((name) => start(name)))
    const url = await start('frontend', { CUSTOMER_URL: customer, DRIVER_URL: driver, ROUTE_URL: route })
    return new Hotrod(url, services, database)
  }

  /** Orders a ride, and waits for it. */
  async ride(customer = 123): Promise<void> {
    await (await fetch(`${this.url}/dispatch?customer=${customer}`)).text()
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.stop()))
    await inDatabase(process.env['DATABASE_URL'], `DROP DATABASE ${this.database} WITH (FORCE)`)
  }
}
