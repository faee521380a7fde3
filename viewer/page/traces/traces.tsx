/**
 * The live list of traces.
 */
import type { JSX } from 'preact'
import { Empty, Loading, Problem } from '../parts/empty.js'
import { href } from '../state/address.js'
import { isFiltered, isLoading, problem, traces } from '../state/traces.js'
import { Filters } from './filters.js'
import { List } from './list.js'
import { Scatter } from './scatter.js'

export function Traces(): JSX.Element {
  return (
    <div class="traces">
      <h1 class="off-screen">Traces</h1>
      <Filters />
      {traces.value.length === 0 ? (
        <Nothing />
      ) : (
        <>
          <Scatter />
          <List />
        </>
      )}
    </div>
  )
}

function Nothing(): JSX.Element {
  if (isLoading.value) return <Loading />
  if (problem.value !== undefined) return <Problem error={problem.value} />
  if (isFiltered.value) {
    return (
      <Empty icon="search" title="No trace fits this filter">
        <p>
          New ones that do will show up here. <a href={href(['traces'])}>Show all traces</a>
        </p>
      </Empty>
    )
  }
  return (
    <Empty icon="lanes" title="Waiting for the first trace">
      <p>Start a service with the preload, then send it a request:</p>
      <pre>
        <code>
          OTEL_EXPORTER_OTLP_ENDPOINT={window.location.origin} \{'\n'}
          {'  '}node -r pretrace/register app.js
        </code>
      </pre>
      <p>
        Any OpenTelemetry or Zipkin exporter that sends to this address is welcome too. Or drop a file of OTLP, Jaeger
        or Zipkin JSON here.
      </p>
    </Empty>
  )
}
