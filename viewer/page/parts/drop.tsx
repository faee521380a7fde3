/**
 * Files of traces, dropped anywhere on the page or chosen.
 */
import type { ComponentChildren, JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { go } from '../state/address.js'
import { ask } from '../state/ask.js'
import { counted } from './holdings.js'
import { say } from './toast.js'

export async function openFile(file: File): Promise<void> {
  try {
    const { traceIds, spans, format } = await ask.open(file)
    const [only] = traceIds
    say(`${traceIds.length === 1 ? 'One trace' : `${traceIds.length} traces`}, ${counted(spans, 'span')} (${format}).`)
    if (traceIds.length === 1 && only !== undefined) go(['trace', only])
    else go(['traces'])
  } catch (error) {
    say(`${file.name}: ${(error as Error).message}`, true)
  }
}

export function DropTarget({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const [isOver, setOver] = useState(false)
  // Entering a child is told before leaving its parent.
  const depth = useRef(0)
  const move = (event: DragEvent, by: number): void => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    depth.current = Math.max(0, depth.current + by)
    setOver(depth.current > 0)
  }
  return (
    <div
      class="page"
      onDragEnter={(event) => move(event, 1)}
      onDragOver={(event) => move(event, 0)}
      onDragLeave={(event) => move(event, -1)}
      onDrop={(event) => {
        event.preventDefault()
        depth.current = 0
        setOver(false)
        for (const file of event.dataTransfer?.files ?? []) void openFile(file)
      }}
    >
      {children}
      {isOver && (
        <div class="drop" aria-hidden="true">
          <p>Drop OTLP, Jaeger or Zipkin JSON to look at it</p>
        </div>
      )}
    </div>
  )
}
