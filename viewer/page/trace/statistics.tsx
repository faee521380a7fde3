/**
 * The trace by operation.
 */
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { statisticsOf, type OperationStatistics } from '../../model/statistics.js'
import { milliseconds } from '../../model/time.js'
import { Share } from '../parts/charts.js'
import { Dot, toned } from '../parts/service.js'
import { Table, type Column } from '../parts/table.js'
import { oneLine } from '../parts/text.js'
import { set } from '../state/address.js'
import type { Look } from './look.js'

export function Statistics({ look: { tree, path } }: { readonly look: Look }): JSX.Element {
  const rows = useMemo(() => statisticsOf(tree, path), [tree, path])
  return (
    <div class="statistics scroller">
      <Table
        label="Operations"
        columns={columnsFor(tree.duration)}
        rows={rows}
        keyOf={({ service, name }) => `${service}\0${name}`}
        onChoose={({ longest }) => set({ view: undefined, span: longest.span.id })}
      />
      <p class="hint">A row leads to its longest span.</p>
    </div>
  )
}

function columnsFor(duration: number): Column<OperationStatistics>[] {
  return [
    {
      name: 'operation',
      title: 'Operation',
      isText: true,
      by: ({ service, name }) => `${service} ${name}`,
      show: ({ service, name }) => (
        <span class="operation">
          <Dot service={service} />
          <span class="of">{oneLine(service, 60)}</span> {oneLine(name, 120)}
        </span>
      ),
    },
    { name: 'count', title: 'Spans', by: ({ count }) => count, show: ({ count }) => count },
    {
      name: 'errors',
      title: 'Errors',
      by: ({ errors }) => errors,
      show: ({ errors }) => (errors === 0 ? <span class="muted">–</span> : <b class="is-error">{errors}</b>),
    },
    { name: 'average', title: 'Average', by: ({ average }) => average, show: ({ average }) => milliseconds(average) },
    {
      name: 'longest',
      title: 'Longest',
      by: ({ longest }) => longest.end - longest.start,
      show: ({ longest }) => milliseconds(longest.end - longest.start),
    },
    { name: 'total', title: 'Total', by: ({ total }) => total, show: ({ total }) => milliseconds(total) },
    { name: 'own', title: 'Own time', by: ({ selfTime }) => selfTime, show: ({ selfTime }) => milliseconds(selfTime) },
    {
      name: 'path',
      title: 'Critical path',
      by: ({ onPath }) => onPath,
      show: ({ onPath, service }) => (
        <span class="with-share" style={toned(service)}>
          <Share of={duration > 0 ? onPath / duration : 0} /> <b>{milliseconds(onPath)}</b>
        </span>
      ),
    },
  ]
}
