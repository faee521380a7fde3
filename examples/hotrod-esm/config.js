// Where everything is, by the environment; the defaults suit one machine.

const { env } = process

export const databaseUrl = env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
export const redisUrl = env.REDIS_URL ?? 'redis://127.0.0.1:6379'
export const customerUrl = env.CUSTOMER_URL ?? 'http://127.0.0.1:8081'
export const driverUrl = env.DRIVER_URL ?? 'http://127.0.0.1:8082'
export const routeUrl = env.ROUTE_URL ?? 'http://127.0.0.1:8083'
export const port = (usual) => Number(env.PORT ?? usual)
