/**
 * HotROD's four services, traced, with a backend of the test's choice. Needs DATABASE_URL and REDIS_URL.
 */
import { join } from 'node:path'
import { preload, root } from './run.js'

const folder = join(root, 'examples', 'hotrod')

interface Started {
  readonly url: Promise<string>
  stop(): Promise<void>
}
interface Services {
  startService(name: string, args: string[], options: object): Started
  runScript(args: string[], options: object): { readonly done: Promise<void> }
}

export class Hotrod {
  /** Of the front end. */
  readonly url: string
  private readonly services: readonly Started[]

  private constructor(url: string, services: readonly Started[]) {
    this.url = url
    this.services = services
  }

  /** @param endpoint where spans go, by OTLP */
  static async start(endpoint: string): Promise<Hotrod> {
    const { startService, runScript } = require(join(root, 'scripts', 'demo', 'services.js')) as Services
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '100' }
    await runScript([join(folder, 'seed.js')], { cwd: folder, env }).done
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
    return new Hotrod(url, services)
  }

  /** Orders a ride, and waits for it. */
  async ride(customer = 123): Promise<void> {
    await (await fetch(`${this.url}/dispatch?customer=${customer}`)).text()
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.stop()))
  }
}
