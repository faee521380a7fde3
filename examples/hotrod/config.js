'use strict'

// Where everything is, by the environment; the defaults suit one machine.

const { env } = process

module.exports = {
  databaseUrl: env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres',
  redisUrl: env.REDIS_URL ?? 'redis://127.0.0.1:6379',
  customerUrl: env.CUSTOMER_URL ?? 'http://127.0.0.1:8081',
  driverUrl: env.DRIVER_URL ?? 'http://127.0.0.1:8082',
  routeUrl: env.ROUTE_URL ?? 'http://127.0.0.1:8083',
  port: (usual) => Number(env.PORT ?? usual),
}
