/**
 * How the traced service is set while its collector misbehaves.
 */
import { sized } from './figures.js'

export const SETTINGS = {
  OTEL_BSP_SCHEDULE_DELAY: String(sized(100, 1000)),
  OTEL_EXPORTER_OTLP_TIMEOUT: String(sized(1000, 5000)),
  OTEL_BSP_MAX_QUEUE_SIZE: String(sized(4096, 16_384)),
}
