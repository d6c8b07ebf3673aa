import { blockFromRows } from '../../../../columnar/blocks/block-from-rows.js'
import { parseBlock } from '../../../../columnar/blocks/block-parser.js'
import { leavesOf } from '../../../../columnar/leaves.js'
import { array, BIGINT, DOUBLE, field, STRING, schema, struct } from '../../../../columnar/types.js'
import { newStateKey } from '../../../../common/encryption/file-protection.js'
import { MillraceError, serializeError } from '../../../../common/errors/millrace-error.js'
import { planQuery } from '../../../../planner/plan-query.js'
import { decodeBlock, decodeFetchRequest, encodeBlock, encodeFetchRequest } from '../../../../proto/block-codec.js'
import type { FromMaster, ToMaster } from '../../../../proto/cluster.js'
import { decodeFromMaster, decodeToMaster, encodeFromMaster, encodeToMaster } from '../../../../proto/cluster-codec.js'
import { sealedForWorkers, secretOfApplication } from '../../../../proto/rpc/application-secret.js'
import {
  DriverMessageDecoder,
  DriverMessageEncoder,
  decodeExecutorMessage,
  encodeExecutorMessage,
  encodeRegister,
} from '../../../../proto/wire-codec.js'
import { analyzed } from '../../analysis.js'
import { PHYSICAL_OPTIONS } from '../../physical-options.js'
import type { Samples } from './samples.js'

const SCHEMA = schema([
  field('id', BIGINT),
  field('name', STRING),
  field('x', struct([field('y', DOUBLE), field('l', array(STRING))])),
])
const LEAVES = leavesOf(SCHEMA)
const BLOCK = blockFromRows(
  SCHEMA,
  Array.from({ length: 20 }, (_, i) => ({
    id: i % 3 === 0 ? null : BigInt(i),
    name: i % 4 === 0 ? null : `name ${i}`,
    x: i % 5 === 0 ? null : { y: i / 4, l: [`${i}`, null] },
  })),
)

const SQL =
  'select l_returnflag, sum(l_quantity) q from lineitem where l_discount > 0.05 group by l_returnflag order by q'

const SECRET = 'a secret of sixteen'

/** What a driver, executors, workers and a master tell each other. */
export function messageSamples(): Samples {
  const encoder = new DriverMessageEncoder(SECRET)
  const { stages } = planQuery(analyzed(SQL), { kind: 'collect' }, PHYSICAL_OPTIONS).stages
  const group = { executorId: 'e', address: '127.0.0.1:1', attemptIds: [1, 2] }
  const launches = stages.map((stage, i) =>
    encoder.encode({
      kind: 'launchTask',
      launch: {
        attemptId: i,
        jobId: 3,
        stageKey: i,
        attempt: 0,
        stage,
        inputs: { partition: 1, splits: { 0: [{ from: 1n, name: 'é', bytes: null }] } },
        sources: [{ kind: 'stage', stageId: 0, stageKey: 0, groups: [group] }],
        owner: { kind: 'job' },
        inlineBytes: 1000,
      },
    }),
  )
  const report = { rowsRead: 5_000_000_000, rowsWritten: 2, bytesWritten: 3, spilledBytes: 0, elapsedMs: 1.5 }
  const sealedSecret = sealedForWorkers(SECRET, 'a', 'the secret of an application')
  const start = { driverAddress: 'h:1', sealedSecret, heartbeatIntervalMs: 500 }
  const executor = { executorId: 'e', applicationId: 'a', cores: 2, memoryBytes: 2 ** 31 }
  return [
    ...launches,
    encoder.encode({ kind: 'releaseJob', jobId: 3 }),
    encoder.encode({ kind: 'protectFiles', protection: { keyBits: 256, stateKeys: [newStateKey()] } }),
    encodeRegister({ executorId: 'e', slots: 2, blockAddress: '127.0.0.1:2', previousId: '' }),
    encodeExecutorMessage({ kind: 'taskSucceeded', attemptId: 1, report, blocks: [BLOCK] }),
    encodeExecutorMessage({
      kind: 'taskFailed',
      attemptId: 2,
      error: serializeError(new MillraceError('INTERNAL_ERROR', { message: 'x' }, { cause: new Error('y') })),
    }),
    encodeFetchRequest({ kind: 'attempts', attemptIds: [1, 2, 3], partition: 4 }),
    encodeFetchRequest({ kind: 'output', attemptId: 7 }),
    encodeFetchRequest({ kind: 'local', id: 'l', from: 0, until: 5 }),
    encodeToMaster({
      kind: 'joinWorker',
      workerId: 'w',
      host: 'h',
      cores: 2,
      memoryBytes: 2 ** 31,
      executors: [executor],
      drivers: [{ driverId: 'd', launch: 1, outcome: 'FAILED', reason: 'r' }],
      isLeaving: true,
    }),
    encodeFromMaster({ kind: 'executorEnded', executorId: 'e', reason: 'r' }),
    encodeToMaster({
      kind: 'joinApplication',
      ...{ applicationId: 'a', name: 'n', executors: 1, cores: 1, memoryBytes: 1, driverId: '', ...start },
    }),
    encodeFromMaster({ kind: 'startExecutor', executor, ...start }),
    encodeToMaster({ kind: 'decommission', name: 'e' }),
  ]
}

/** Whoever gets a sealed secret opens it. */
function unsealedBy(message: ToMaster | FromMaster): unknown {
  if (message.kind === 'joinApplication')
    return secretOfApplication(SECRET, message.applicationId, message.sealedSecret)
  if (message.kind !== 'startExecutor') return message
  return secretOfApplication(SECRET, message.executor.applicationId, message.sealedSecret)
}

/** Whoever gets such bytes takes them for a message of its own kind. */
const READERS: readonly ((bytes: Uint8Array) => unknown)[] = [
  (bytes) => new DriverMessageDecoder(SECRET).decode(bytes),
  decodeExecutorMessage,
  decodeFetchRequest,
  (bytes) => unsealedBy(decodeToMaster(bytes)),
  (bytes) => unsealedBy(decodeFromMaster(bytes)),
]

/** Reads bytes as messages of all kinds. @throws the condition of the last one that they are not, when they are none */
export function decodeMessage(bytes: Uint8Array): void {
  let refused: unknown
  let isRead = false
  for (const read of READERS)
    try {
      read(bytes)
      isRead = true
    } catch (error) {
      if (!MillraceError.is(error)) throw error
      refused = error
    }
  if (!isRead) throw refused
}

export const blockSamples = (): Samples => [Buffer.from(BLOCK.bytes), encodeBlock(BLOCK)]

/** Reads bytes as a block that came with its checksum, and as one that passes for one whose checksum is right. */
export function decodeBlocks(bytes: Uint8Array): void {
  const { rows, buffers } = parseBlock(bytes, LEAVES)
  for (const { offset, length } of buffers)
    if (offset + length > bytes.length) throw new Error(`a buffer at ${offset} has ${length} of ${bytes.length} bytes`)
  // Each row has at least one bit in each column.
  if (rows > bytes.length * 8) throw new Error(`${rows} rows are told by ${bytes.length} bytes`)
  decodeBlock(bytes, 'a network')
}
