/**
 * What whoever starts a viewer may ask of it.
 */

/** The port after OTLP's own, which a collector may have. */
export const DEFAULT_PORT = 4319

export interface ViewerOptions {
  /** Where page, API and OTLP are served; 4319 unless told, 0 for any that is free. */
  readonly port?: number | undefined
  /** `127.0.0.1` unless told. Anything beyond loopback is warned of. */
  readonly host?: string | undefined
  /** Further ports of the same host, such as 4318 and 9411. One that is taken is warned of and left out. */
  readonly alsoListen?: readonly number[] | undefined
  /** A file that keeps what arrives, as lines of OTLP JSON, and is read again at the next start. */
  readonly file?: string | undefined
  /** Approximate bytes of memory that traces may take. */
  readonly maxBytes?: number | undefined
  /** Origins other than the viewer's own, such as `http://localhost:3000`, that browsers may post and read from. */
  readonly allowedOrigins?: readonly string[] | undefined
  /** Files of traces to open at the start: OTLP JSON or lines of it, Jaeger JSON, Zipkin JSON. */
  readonly open?: readonly string[] | undefined
}

export interface Viewer {
  /** The page's address, such as `http://127.0.0.1:4319`. */
  readonly url: string
  /** All ports that it listens on, the first of them the page's. */
  readonly ports: readonly number[]
  /** Stops listening, ends what is under way, and writes what the file has not got yet. */
  close(): Promise<void>
}

/** Room for traces, bytes. */
export const DEFAULT_BYTES = 256 * 1024 * 1024
