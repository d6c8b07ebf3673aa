import test from 'ava'
import type { FromMaster, ToMaster } from '../../proto/cluster.js'
import { decodeFromMaster, decodeToMaster, encodeFromMaster, encodeToMaster } from '../../proto/cluster-codec.js'
import { millrace } from '../../proto/wire.js'

const executor = { executorId: 'executor-1', applicationId: 'app-1', cores: 3, memoryBytes: 2 ** 41 }
const start = { driverAddress: 'h:1', secret: 's', heartbeatIntervalMs: 500 }
const worker = { workerId: 'worker-1', host: 'h', cores: 8, memoryBytes: 2 ** 40 }

const TO_MASTER: { readonly [Kind in ToMaster['kind']]: Extract<ToMaster, { kind: Kind }> } = {
  joinWorker: { kind: 'joinWorker', ...worker, executors: [executor] },
  joinApplication: {
    kind: 'joinApplication',
    applicationId: 'app-1',
    name: 'n',
    executors: 2 ** 31 - 1,
    cores: 0,
    memoryBytes: 1,
    ...start,
  },
  askStatus: { kind: 'askStatus' },
  alive: { kind: 'alive' },
  leave: { kind: 'leave' },
  executorEnded: { kind: 'executorEnded', executorId: 'executor-1', reason: 'r' },
  releaseExecutor: { kind: 'releaseExecutor', executorId: 'executor-1', isReplaced: false },
}

const FROM_MASTER: { readonly [Kind in FromMaster['kind']]: Extract<FromMaster, { kind: Kind }> } = {
  welcome: { kind: 'welcome', heartbeatMs: 100 },
  alive: { kind: 'alive' },
  startExecutor: { kind: 'startExecutor', executor, ...start },
  endExecutor: { kind: 'endExecutor', executorId: 'executor-1' },
  executorStarted: { kind: 'executorStarted', executorId: 'executor-1' },
  executorEnded: { kind: 'executorEnded', executorId: 'executor-1', reason: '' },
  waiting: { kind: 'waiting', reason: 'r' },
  refused: { kind: 'refused', reason: 'r' },
  status: {
    kind: 'status',
    status: {
      workers: [{ ...worker, freeCores: 1, freeBytes: 2, presence: 'silent' }],
      applications: [
        { applicationId: 'a', name: 'n', driverAddress: 'h:1', executors: 1, presence: 'alive', waitsFor: '' },
      ],
      executors: [{ ...executor, workerId: 'worker-1' }],
    },
  },
}

test('every message between a master and its members is read as it was said', (t) => {
  for (const message of Object.values(TO_MASTER)) t.deepEqual(decodeToMaster(encodeToMaster(message)), message)
  for (const message of Object.values(FROM_MASTER)) t.deepEqual(decodeFromMaster(encodeFromMaster(message)), message)
})

test('a message of nobody, one that is cut short and one of another version are refused', (t) => {
  const conditionOf = (run: () => unknown): unknown =>
    (t.throws(run) as { readonly condition?: unknown } | undefined)?.condition
  t.is(
    conditionOf(() => decodeToMaster(new Uint8Array(0))),
    'INTERNAL_ERROR',
  )
  t.is(
    conditionOf(() => decodeFromMaster(new Uint8Array(0))),
    'INTERNAL_ERROR',
  )
  t.throws(() => decodeToMaster(encodeToMaster(TO_MASTER.joinWorker).subarray(0, 9)))
  for (const kind of ['joinWorker', 'joinApplication', 'askStatus'] as const) {
    const old = { ...TO_MASTER[kind], protocolVersion: 0 }
    t.is(
      conditionOf(() => decodeToMaster(millrace.ToMaster.encode({ [kind]: old }).finish())),
      'CLUSTER_VERSION_MISMATCH',
    )
  }
})
