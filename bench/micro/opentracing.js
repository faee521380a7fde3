'use strict'

// The operations of a tracer that has OpenTracing's API.

const { tags, incoming } = require('./typical')

function openTracingOperations({ tracer, unsampled, format }) {
  const parent = tracer.startSpan('parent', { tags: { 'span.kind': 'server' } })
  const root = (count) => {
    for (let i = 0; i < count; i++) tracer.startSpan('root').finish()
  }
  return [
    { name: 'root span, start + finish', run: root },
    {
      name: 'child span, start + finish',
      run(count) {
        for (let i = 0; i < count; i++) tracer.startSpan('child', { childOf: parent }).finish()
      },
    },
    ...(unsampled === undefined ? [] : unsampledOperations(unsampled)),
    {
      name: 'a tag, recorded',
      less: root,
      per: tags.length,
      run(count) {
        for (let i = 0; i < count; i++) {
          const span = tracer.startSpan('root')
          for (const [key, value] of tags) span.setTag(key, value)
          span.finish()
        }
      },
    },
    {
      name: `inject ${format}`,
      run(count) {
        for (let i = 0; i < count; i++) tracer.inject(parent, 'http_headers', {})
      },
    },
    {
      name: `extract ${format}`,
      run(count) {
        const headers = incoming(format)
        for (let i = 0; i < count; i++) tracer.extract('http_headers', headers)
      },
    },
  ]
}

function unsampledOperations(tracer) {
  const span = tracer.startSpan('parent')
  return [
    {
      name: 'root span, unsampled',
      run(count) {
        for (let i = 0; i < count; i++) tracer.startSpan('root').finish()
      },
    },
    {
      name: 'child span, unsampled',
      run(count) {
        for (let i = 0; i < count; i++) tracer.startSpan('child', { childOf: span }).finish()
      },
    },
    {
      name: 'a tag, unsampled',
      per: tags.length,
      run(count) {
        for (let i = 0; i < count; i++) for (const [key, value] of tags) span.setTag(key, value)
      },
    },
  ]
}

/** Those that encoders are timed with. */
function finishSpans(tracer) {
  const parent = tracer.startSpan('GET /users/:id', { tags: { 'span.kind': 'server' } })
  for (let i = 0; i < 512; i++) {
    const span = tracer.startSpan('SELECT users', { childOf: parent, tags: { 'span.kind': 'client' } })
    for (const [key, value] of tags) span.setTag(key, value)
    span.finish()
  }
}

module.exports = { finishSpans, openTracingOperations }
