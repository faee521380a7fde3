// Loading this module starts tracing; it exports nothing.
export {}
