import type { RowSinkProvider, SinkProvider, SourceProvider } from '../connectors/api.js'

/** The driver's sides of the connectors, by name; given by the composition root. */
export interface DriverConnectors {
  /** @throws DATA_SOURCE_NOT_FOUND */
  source(provider: string): Promise<SourceProvider>
  /** @throws DATA_SOURCE_NOT_FOUND */
  sink(provider: string): Promise<SinkProvider>
  /** Of a sink that takes rows in this process. @throws DATA_SOURCE_NOT_FOUND */
  rowSink(provider: string): Promise<RowSinkProvider | undefined>
}
