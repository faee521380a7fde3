/**
 * Which trace it is, and what can be done with it.
 */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { traceAsChrome } from '../../model/as-chrome.js'
import { traceAsJaeger } from '../../model/as-jaeger.js'
import { traceAsOtlp } from '../../model/as-otlp.js'
import { traceAsMarkdown, traceAsText } from '../../model/as-text.js'
import { milliseconds } from '../../model/time.js'
import type { Tree } from '../../model/tree.js'
import { copy, download } from '../parts/hand-over.js'
import { counted } from '../parts/holdings.js'
import { Icon } from '../parts/icons.js'
import { Menu } from '../parts/menu.js'
import { Dot } from '../parts/service.js'
import { oneLine } from '../parts/text.js'
import { param, set } from '../state/address.js'
import { fullTime } from '../traces/clock.js'
import type { Look } from './look.js'
import { OtherTrace } from './other-trace.js'

export function Head({ look }: { readonly look: Look }): JSX.Element {
  const { tree } = look
  const [root] = tree.roots
  const [isComparing, setComparing] = useState(false)
  return (
    <header class="trace-head">
      <button type="button" class="button is-quiet back" aria-label="Back" title="Back" onClick={() => history.back()}>
        <Icon name="left" />
      </button>
      <div class="trace-title">
        <h1>
          {root !== undefined && <Dot service={root.service} />}
          <span class="of">{oneLine(root?.service ?? '')}</span> {oneLine(root?.span.name ?? tree.trace.id)}
          {root?.span.failed === true && <span class="mark is-error">failed</span>}
        </h1>
        <Facts look={look} />
      </div>
      <div class="actions">
        <button type="button" class="button" onClick={() => setComparing(true)}>
          <Icon name="compare" />
          <span class="wide-only">Compare</span>
        </button>
        <Menu label="Copy" icon="copy" choices={copies(tree)} />
        <Menu label="Export" icon="download" choices={exports(tree)} />
      </div>
      {isComparing && <OtherTrace tree={tree} onClose={() => setComparing(false)} />}
    </header>
  )
}

function Facts({ look: { tree, selected } }: { readonly look: Look }): JSX.Element {
  const failed = tree.nodes.filter(({ span }) => span.failed)
  const nextFailed = (): void => {
    const after = selected === undefined ? -1 : tree.nodes.indexOf(selected)
    const next = failed.find((node) => tree.nodes.indexOf(node) > after) ?? failed[0]
    set({ span: next?.span.id, view: undefined })
  }
  return (
    <p class="facts">
      <b>{milliseconds(tree.duration)}</b>
      <span>{fullTime(tree.start)}</span>
      <span>{counted(tree.nodes.length, 'span')}</span>
      <span>{counted(new Set(tree.nodes.map(({ service }) => service)).size, 'service')}</span>
      {failed.length > 0 && (
        <button type="button" class="link is-error" onClick={nextFailed} title="Go to the next one">
          {counted(failed.length, 'error')}
        </button>
      )}
      <button
        type="button"
        class="link mono id"
        title="Copy the trace's id"
        onClick={() => void copy(tree.trace.id, 'the id')}
      >
        {tree.trace.id}
      </button>
    </p>
  )
}

function copies(tree: Tree): { label: string; hint: string; choose: () => void }[] {
  const { trace } = tree
  return [
    {
      label: 'As Markdown',
      hint: 'for a bug report or an assistant',
      choose: () => void copy(traceAsMarkdown(tree), 'as Markdown'),
    },
    { label: 'As text', hint: 'the tree', choose: () => void copy(traceAsText(tree), 'as text') },
    { label: 'As JSON', hint: 'all of it', choose: () => void copy(JSON.stringify(trace, null, 2), 'as JSON') },
    { label: 'Link', hint: 'to what is shown', choose: () => void copy(window.location.href, 'the link') },
  ]
}

function exports(tree: Tree): { label: string; hint: string; choose: () => void }[] {
  const { trace } = tree
  const name = (format: string): string => `trace-${trace.id}.${format}.json`
  return [
    { label: 'OTLP JSON', hint: 'OpenTelemetry backends', choose: () => download(name('otlp'), traceAsOtlp(trace)) },
    { label: 'Jaeger JSON', hint: 'Jaeger’s page', choose: () => download(name('jaeger'), traceAsJaeger(trace)) },
    {
      label: 'Chrome trace',
      hint: 'Perfetto, chrome://tracing',
      choose: () => download(name('chrome'), traceAsChrome(tree)),
    },
  ]
}

/** Shows or hides what does not belong to a service. */
export function toggleService(service: string): void {
  set({ q: param('q') === service ? undefined : service })
}
