/**
 * PM2 runs an application inside of a program of its own. In cluster mode that program is also what gives the application
 * its variables: they come as JSON in one, and are set when the preload has run already.
 */
type Environment = Readonly<Record<string, string | undefined>>

/** PM2's programs, one for either mode. */
const CONTAINER = /[\\/]ProcessContainer(?:Fork)?\.js$/

/** The environment that the application is going to have; `env` itself where PM2 has no part in it. */
export function environmentIn(env: Environment): Environment {
  const given = handedOver(env)
  return given === undefined ? env : { ...env, ...given }
}

/** The application's file if `program` is PM2's; undefined if it is not. */
export function scriptIn(program: string, env: Environment): string | undefined {
  return CONTAINER.test(program) ? environmentIn(env)['pm_exec_path'] : undefined
}

/** What PM2 will set: all there is, of which objects become no text that means anything. */
function handedOver({ pm2_env: json }: Environment): Record<string, string> | undefined {
  if (json === undefined) return undefined
  try {
    const all = Object.entries(JSON.parse(json) as Record<string, unknown>)
    const texts = all.filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    return Object.fromEntries(texts.map(([name, value]) => [name, String(value)]))
  } catch {
    return undefined
  }
}
