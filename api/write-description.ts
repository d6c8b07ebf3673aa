import type { Schema } from '../columnar/types.js'
import type { WriteDescription } from '../connectors/api.js'
import type { WriteRequest } from './engine.js'

/** What a connector is told of a write, of which no other has the job's id. */
export const writeDescription = (
  { format, options, path, mode, partitionBy, replaces }: WriteRequest,
  schema: Schema,
): WriteDescription => ({
  provider: format,
  options,
  ...(path === undefined ? {} : { path }),
  mode,
  schema,
  jobId: crypto.randomUUID(),
  ...(partitionBy ? { partitionBy: partitionBy.map(({ name }) => name) } : {}),
  ...(replaces ? { replaces } : {}),
})
