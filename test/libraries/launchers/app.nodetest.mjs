import { test } from 'node:test'

test('asks', () => import('./app.js'))
