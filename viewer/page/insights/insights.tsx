/**
 * What the traces have in common that should be better.
 */
import type { JSX } from 'preact'
import type { Insight, InsightKind } from '../../model/api.js'
import { milliseconds } from '../../model/time.js'
import { Empty, Loading, Problem } from '../parts/empty.js'
import { counted } from '../parts/holdings.js'
import { Icon, type IconName } from '../parts/icons.js'
import { Service } from '../parts/service.js'
import { oneLine } from '../parts/text.js'
import { currentWindow, WindowChoice } from '../parts/window.js'
import { href, param } from '../state/address.js'
import { ask } from '../state/ask.js'
import { useAnswer } from '../state/load.js'

interface Kind {
  readonly title: string
  readonly icon: IconName
}

const KINDS: Readonly<Record<InsightKind, Kind>> = {
  'n-plus-one': { title: 'N+1', icon: 'repeat' },
  'serial-calls': { title: 'One after the other', icon: 'lanes' },
  'repeated-query': { title: 'Asked again', icon: 'copy' },
  'slow-query': { title: 'Slow query', icon: 'database' },
  'pool-wait': { title: 'Waiting for a connection', icon: 'clock' },
  'missing-parent': { title: 'Missing parent', icon: 'link' },
}
const OTHER: Kind = { title: 'Finding', icon: 'bulb' }
const MOST_EXAMPLES = 5

export function Insights(): JSX.Element {
  const { answer, error } = useAnswer(
    `${param('last')} ${param('service')}`,
    (signal) => ask.insights(currentWindow(), signal),
    {
      renewedBy: () => true,
    },
  )
  if (answer === undefined) return error === undefined ? <Loading /> : <Problem error={error.message} />
  const { insights } = answer
  return (
    <div class="view scroller">
      <header class="view-head">
        <h1>Insights</h1>
        <WindowChoice />
      </header>
      {insights.length === 0 ? (
        <Empty icon="bulb" title="Nothing to complain about">
          <p>
            Traces are watched for N+1 queries, calls that could run in parallel, queries asked again, slow queries,
            waits for a connection, and spans without their parent. What is found is named here.
          </p>
        </Empty>
      ) : (
        <ul class="insights">
          {insights.map((insight) => (
            <Card key={`${insight.kind}${insight.title}${insight.service}`} insight={insight} />
          ))}
        </ul>
      )}
    </div>
  )
}

function Card({ insight }: { readonly insight: Insight }): JSX.Element {
  const { kind, title, detail, service, route, statement, count, cost, examples } = insight
  const { title: name, icon } = KINDS[kind] ?? OTHER
  return (
    <li class={`insight is-${kind}`}>
      <span class="insight-icon">
        <Icon name={icon} size={18} />
      </span>
      <div class="insight-body">
        <p class="insight-kind">
          {name}
          <Service name={service} />
          {route !== undefined && <span class="muted">{oneLine(route, 120)}</span>}
        </p>
        <h2>{oneLine(title)}</h2>
        {statement !== undefined && <pre class="statement">{oneLine(statement, 1000)}</pre>}
        {detail.map((line) => (
          <p key={line}>{oneLine(line, 1000)}</p>
        ))}
        <p class="examples">
          {examples.slice(0, MOST_EXAMPLES).map(({ traceId, spanIds }, index) => (
            <a key={traceId} href={href(['trace', traceId], { span: spanIds[0] })}>
              {index === 0 ? 'Look at one' : `${index + 1}`}
            </a>
          ))}
        </p>
      </div>
      <dl class="insight-cost">
        {cost > 0 && (
          <div>
            <dd>{milliseconds(cost)}</dd>
            <dt>to save, a trace</dt>
          </div>
        )}
        <div>
          <dd>{count.toLocaleString('en')}</dd>
          <dt>{counted(count, 'trace').split(' ').at(-1)}</dt>
        </div>
      </dl>
    </li>
  )
}
