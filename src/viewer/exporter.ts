/**
 * Spans for the viewer: OTLP as for any collector, only sooner, for somebody is watching. What held the process up meanwhile
 * goes beside them.
 */
import type { Config } from '../config/variables.js'
import { deliverAtExit, type AtExit } from '../export/at-exit.js'
import type { Exporter } from '../export/exporter.js'
import { otlpExporter } from '../export/otlp.js'
import { reportRuntime } from './runtime-report.js'
import { isHosting } from './host.js'
import { viewerUrl } from './place.js'

/** The longest that a span waits, ms. */
const SOON = 500

export function viewerExporter(config: Config, version: string): Exporter {
  const url = viewerUrl(config)
  reportRuntime(config, version, url)
  return otlpExporter(
    {
      ...config,
      endpoint: url,
      tracesEndpoint: undefined,
      headers: {},
      tracesHeaders: {},
      protocol: 'http/protobuf',
      compression: 'none',
      certificate: undefined,
      clientCertificate: undefined,
      clientKey: undefined,
      scheduleDelay: Math.min(config.scheduleDelay, SOON),
    },
    version,
    'viewer',
    atExit(config),
  )
}

/** A viewer that ends together with this process need not be told of the end, unless it leaves a file. */
function atExit({ viewerFile }: Config): AtExit {
  return {
    add(exporter) {
      if (viewerFile !== undefined || !isHosting()) deliverAtExit.add(exporter)
    },
    remove: (exporter) => deliverAtExit.remove(exporter),
  }
}
