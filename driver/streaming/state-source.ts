import { join } from 'node:path'
import { BIGINT, type Field, field, INT, type Schema, STRING } from '../../columnar/types.js'
import { localCheckpoint } from '../../common/checkpoint-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { stateFolder } from '../../common/state-path.js'
import type {
  Json,
  Options,
  ScanRequest,
  SourceDescription,
  SourceProvider,
  Split,
  StateRows,
} from '../../connectors/api.js'
import { type KeptCells, type KeptParts, keptColumns } from '../../planner/plan/physical/stateful.js'
import { typeInRow } from '../../planner/streaming/value-in-row.js'
import { committedBatches, type KnownQuery, METADATA, readCommit, readQuery, versionAt } from './checkpoint-chain.js'
import type { StoredOperator } from './checkpoint-entries.js'
import { corrupt } from './log-entry.js'
import { shownCells } from './shown-cells.js'
import type { StateFormat } from './state-formats.js'
import { DEFAULT_STORE, type JoinSide, type StateOptions, stateOptions } from './state-options.js'

/** The source of a format, driver side. */
export const stateSource = (format: StateFormat): SourceProvider =>
  format === 'statestore' ? stateStore : stateMetadata

/** The state of an operator as rows, as it was after a batch. Executors read its files (executor/state/state-reader.ts). */
const stateStore: SourceProvider = {
  name: 'statestore',

  async describe(given: Options, paths: readonly string[], schema: Schema | undefined): Promise<SourceDescription> {
    refuseSchema('statestore', schema)
    const options = stateOptions('statestore', given, paths)
    const { location } = options
    const { query, batches } = await checkpointAt(location)
    const batchId = keptBatch(batches, options.batchId)
    const { source, cells, name } = describeState(location, batchId, chosenOperator(query, batchId, options))
    const shown = shownCells(cells, name, options)
    return shown ? { ...source, state: { ...source.state, cells: shown } } : source
  },

  async planSplits({ source }: ScanRequest): Promise<readonly Split[]> {
    const { location, batchId, operatorId } = stateOptions('statestore', source.options, [])
    const { query } = await checkpointAt(location)
    const { partitions } = storedOperator(query, batchId!, operatorId)!
    const commit = await readCommit(localCheckpoint(location), batchId!, query)
    if (commit === undefined) throw invalid('batchId', batchId!, 'the checkpoint does not keep the batch any more')
    const versions = commit.states[operatorId] ?? []
    return Array.from({ length: partitions }, (_, partition) => partition).flatMap((partition): readonly Split[] => {
      const version = versions[partition]
      if (version === null) return []
      const folder = stateFolder(location, operatorId, partition)
      if (version === undefined) throw corrupt(folder, `${commit.entry} does not say which state it is`)
      const { file, digest } = version
      const data: Json = { folder, file, digest, queryId: query.queryId, operatorId, partition }
      return [{ data }]
    })
  },
}

/** The state of an operator as it lies in its files, and of which operator it is. */
interface DescribedState {
  readonly source: SourceDescription & { readonly state: StateRows }
  readonly name: string
  readonly cells: KeptCells | undefined
}

/** What there is to read of what an operator keeps, of a join of streams for one of its sides, by its own id. @throws as `checkpointAt`, INVALID_OPTION */
export async function stateAfter(location: string, batchId: number, operatorId: number): Promise<DescribedState> {
  const { query, batches } = await checkpointAt(location)
  return describeState(location, batchId, storedOperator(query, keptBatch(batches, batchId), operatorId)!)
}

/** @throws UNSUPPORTED_FEATURE */
function describeState(location: string, batch: number, { operatorId, parts, name }: StoredOperator): DescribedState {
  const { severalRows, expires } = parts
  if (severalRows === true) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `reading the state of ${name}` })
  const source = {
    provider: 'statestore',
    // Of a query that runs, each scan reads the batch that was there when it was described.
    options: { path: location, batchId: String(batch), operatorId: String(operatorId) },
    paths: [location],
    schema: fileSchema(parts),
    state: {
      keys: parts.keys.flatMap(({ columns }) => columns),
      values: parts.values.flatMap(({ columns }) => columns),
      ...(expires ? { expires } : {}),
      ...(severalRows ? { severalRows } : {}),
      ...(parts.cells ? { tellsRemoved: true as const } : {}),
    },
  }
  return { source, name, cells: parts.cells }
}

const METADATA_SCHEMA: Schema = {
  fields: [
    field('operatorId', BIGINT, false),
    field('operatorName', STRING, false),
    field('stateStoreName', STRING, false),
    field('numPartitions', INT, false),
    field('minBatchId', BIGINT, false),
    field('maxBatchId', BIGINT, false),
  ],
}

/** What stateful operators a checkpoint has, and of which batches it keeps their state. */
const stateMetadata: SourceProvider = {
  name: 'state-metadata',

  async describe(given: Options, paths: readonly string[], schema: Schema | undefined): Promise<SourceDescription> {
    refuseSchema('state-metadata', schema)
    const { location } = stateOptions('state-metadata', given, paths)
    const { query, batches } = await checkpointAt(location)
    const [first, last] = [batches[0]!, batches.at(-1)!].map(BigInt)
    const rows = versionAt(query, batches.at(-1)!)
      .signature.operators.toSorted((a, b) => a.operatorId - b.operatorId)
      .map((operator) => {
        const { operatorId, name, partitions } = operator
        const id = BigInt(sideOf(operator) === 'right' ? operatorId - 1 : operatorId)
        return [id, name, sideOf(operator) ?? DEFAULT_STORE, partitions, first!, last!]
      })
    return { provider: 'state-metadata', options: { path: location }, paths: [location], schema: METADATA_SCHEMA, rows }
  },

  planSplits: async () => [],
}

/** @throws PATH_NOT_FOUND, STDS_COMMITTED_BATCH_UNAVAILABLE, STREAMING_CHECKPOINT_CORRUPT */
async function checkpointAt(
  location: string,
): Promise<{ readonly query: KnownQuery; readonly batches: readonly number[] }> {
  const place = localCheckpoint(location)
  const query = await readQuery(place)
  if (query === undefined) throw new MillraceError('PATH_NOT_FOUND', { path: join(location, METADATA) })
  const batches = await committedBatches(place)
  if (batches.length === 0)
    throw new MillraceError('STDS_COMMITTED_BATCH_UNAVAILABLE', { checkpointLocation: location })
  return { query, batches }
}

/** @throws INVALID_OPTION */
function keptBatch(batches: readonly number[], batchId = batches.at(-1)!): number {
  if (batches.includes(batchId)) return batchId
  throw invalid('batchId', batchId, `the checkpoint keeps the batches from ${batches[0]} to ${batches.at(-1)}`)
}

const storedOperator = (query: KnownQuery, batchId: number, operatorId: number): StoredOperator | undefined =>
  versionAt(query, batchId).signature.operators.find((operator) => operator.operatorId === operatorId)

/** Which side of a join of streams it is whose rows are kept. */
function sideOf({ parts: { severalRows } }: StoredOperator): JoinSide | undefined {
  return typeof severalRows === 'object' && severalRows.kind === 'joined' ? severalRows.side : undefined
}

/** The operator that options name; the right side of a join has the id behind that of the join. @throws INVALID_OPTION, STDS_REQUIRED_OPTION_UNSPECIFIED */
function chosenOperator(query: KnownQuery, batchId: number, { operatorId, joinSide }: StateOptions): StoredOperator {
  const found = storedOperator(query, batchId, operatorId)
  if (!found || sideOf(found) === 'right') {
    const operators = versionAt(query, batchId).signature.operators.filter((operator) => sideOf(operator) !== 'right')
    const ids = operators.map((operator) => operator.operatorId).toSorted((a, b) => a - b)
    const reason = ids.length === 0 ? 'the query keeps no state' : `the stateful operators are ${ids.join(', ')}`
    throw invalid('operatorId', operatorId, reason)
  }
  if (sideOf(found) === undefined) {
    if (joinSide) throw invalid('joinSide', joinSide, `${found.name} keeps no rows of two sides that can be told apart`)
    return found
  }
  if (!joinSide) throw new MillraceError('STDS_REQUIRED_OPTION_UNSPECIFIED', { optionName: 'joinSide' })
  return joinSide === 'left' ? found : storedOperator(query, batchId, operatorId + 1)!
}

/** What tasks read: the partition, how many files are newer, up to when rows of the file have expired, and the columns of the file. */
function fileSchema(parts: KeptParts): Schema {
  const numbered = (prefix: string, columns: readonly Field[]): readonly Field[] =>
    columns.map(({ type, nullable }, i) => field(`${prefix}${i}`, type, nullable))
  const [keys, values] = [parts.keys, parts.values].map((some) => some.flatMap(({ columns }) => columns))
  const untilType = parts.expires ? typeInRow(parts.expires, keptColumns(parts)) : BIGINT
  const ofFile = [field('partition', INT, false), field('age', INT, false), field('until', untilType)]
  return { fields: [...ofFile, ...numbered('key', keys!), ...numbered('value', values!)] }
}

function refuseSchema(format: StateFormat, schema: Schema | undefined): void {
  if (schema)
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `other columns than its own of the data source ${format}`,
    })
}

const invalid = (option: string, value: number | string, reason: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { option, provider: 'statestore', value: String(value), reason })
