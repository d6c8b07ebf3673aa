import { localCheckpoint } from '../../common/checkpoint-files.js'
import type { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { RelationCatalog } from '../../connectors/catalog.js'
import {
  type CheckedPart,
  loadStreams,
  type RowPlanning,
  type StreamRunner,
  type StreamRunnerOptions,
  streamHappenings,
} from '../../driver/index.js'
import { schemaOf } from '../../planner/plan/logical/output.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import type { PlannedQuery } from '../../planner/plan-query.js'
import { currentPartitions } from '../catalog/stored-table.js'
import type { StreamRequest } from '../engine/engine.js'
import type { QueryEngineOptions } from '../engine/query-engine-options.js'

/** How the query of each batch is planned. */
export interface StreamPlanning {
  readonly config: Config
  /** The pool that its jobs are in. */
  readonly pool: string
  /** Into how many partitions its shuffles divide where no batch has run before. */
  readonly partitions: number
  planned(partitions: number): Promise<PlannedQuery>
  readonly rows: Omit<RowPlanning, 'stateKey'>
  /** Where tables that the stream is joined with are looked up again. */
  readonly stored: RelationCatalog
}

type Parts = Pick<QueryEngineOptions, 'driver' | 'connectors'>

/** Starts a stream with the partitions that its state has already, unless a number is set. */
export async function startRunner(
  analyzed: LogicalPlan,
  request: StreamRequest,
  parts: Parts,
  planning: StreamPlanning,
): Promise<StreamRunner> {
  const { StreamRunner } = await loadStreams()
  return await StreamRunner.start(await runnerOptions(analyzed, request, parts, planning))
}

/** What would become of the checkpoint of a stream if it were started. @throws INVALID_API_USE without one */
export async function checkRunner(
  analyzed: LogicalPlan,
  request: StreamRequest,
  parts: Parts,
  planning: StreamPlanning,
): Promise<readonly CheckedPart[]> {
  const { StreamRunner } = await loadStreams()
  const { checkpointLocation } = request
  if (checkpointLocation === undefined)
    throw new MillraceError('INVALID_API_USE', {
      reason: 'a stream is checked against a checkpoint: name its location',
    })
  return await StreamRunner.check(checkpointLocation, await runnerOptions(analyzed, request, parts, planning))
}

async function runnerOptions(
  analyzed: LogicalPlan,
  { checkpointLocation, outputMode, queryName, sink, trigger }: StreamRequest,
  { driver, connectors }: Parts,
  planning: StreamPlanning,
): Promise<StreamRunnerOptions> {
  const { Checkpoint, inPool } = await loadStreams()
  const known =
    checkpointLocation === undefined ? undefined : await Checkpoint.partitions(localCheckpoint(checkpointLocation))
  // A number that is set is meant; the one by default depends on the machine.
  const partitions = planning.config.get(CONFIG.shufflePartitions) || known || planning.partitions
  const { protection } = driver
  const stateKey = checkpointLocation === undefined ? protection?.temporaryKey : protection?.keptKey
  return {
    driver: inPool(driver, planning.pool),
    connectors,
    schema: schemaOf(analyzed),
    planned: await planning.planned(partitions),
    rows: { ...planning.rows, stateKey },
    partitionsOf: (known) => currentPartitions(known, planning.stored),
    sink,
    outputMode,
    trigger,
    queryName,
    events: streamHappenings(driver.events),
    checkpointLocation,
    partitions,
    minBatchesToRetain: planning.config.get(CONFIG.streamingMinBatchesToRetain),
    watermarkPolicy: planning.config.get(CONFIG.streamingMultipleWatermarkPolicy),
    watermarkLimits: {
      idleTimeoutMs: planning.config.get(CONFIG.watermarkIdleTimeout),
      maxAdvanceMs: planning.config.get(CONFIG.watermarkMaxAdvance),
    },
    mostBytes: planning.config.get(CONFIG.maxResultSize),
  }
}
