import test from 'ava'
import type { FromMaster, ToMaster } from '../../proto/cluster.js'
import { decodeFromMaster, decodeToMaster, encodeFromMaster, encodeToMaster } from '../../proto/cluster-codec.js'
import type { DriverSpec, DriverStatus } from '../../proto/drivers.js'

const executor = { executorId: 'executor-1', applicationId: 'app-1', cores: 3, memoryBytes: 2 ** 41 }
const start = { driverAddress: 'h:1', sealedSecret: Buffer.from('s'), heartbeatIntervalMs: 500 }
const worker = { workerId: 'worker-1', host: 'h', cores: 8, memoryBytes: 2 ** 40 }
const driver: DriverSpec = {
  driverId: 'driver-1',
  name: 'n',
  file: 'a/b.js',
  args: ['x', ''],
  settings: { k: 'v' },
  cores: 2,
  memoryBytes: 2 ** 40,
  isSupervised: true,
  archiveDigest: 'd',
  archiveBytes: 2 ** 33,
}
const held = { driverId: 'driver-1', launch: 1, outcome: '', reason: '' } as const
const ended = { driverId: 'driver-1', launch: 2, outcome: 'FAILED', reason: 'r' } as const
const part = { digest: 'd', offset: 3, bytes: Buffer.from([1, 2]) }
const status: DriverStatus = {
  driverId: 'driver-1',
  name: 'n',
  state: 'RELAUNCHING',
  workerId: 'w',
  launches: 2,
  isSupervised: true,
  reason: 'r',
}

const TO_MASTER: { readonly [Kind in ToMaster['kind']]: Extract<ToMaster, { kind: Kind }> } = {
  joinWorker: { kind: 'joinWorker', ...worker, executors: [executor], drivers: [held, ended], isLeaving: true },
  joinApplication: {
    kind: 'joinApplication',
    applicationId: 'app-1',
    name: 'n',
    executors: 2 ** 31 - 1,
    cores: 0,
    memoryBytes: 1,
    ...start,
    driverId: 'driver-1',
  },
  askStatus: { kind: 'askStatus' },
  alive: { kind: 'alive' },
  leave: { kind: 'leave' },
  executorEnded: { kind: 'executorEnded', executorId: 'executor-1', reason: 'r' },
  releaseExecutor: { kind: 'releaseExecutor', executorId: 'executor-1', isReplaced: false },
  submitDriver: { kind: 'submitDriver', driver: { ...driver, user: 'anna' } },
  askDriver: { kind: 'askDriver', driverId: 'driver-1' },
  killDriver: { kind: 'killDriver', driverId: 'driver-1' },
  archivePart: { kind: 'archivePart', ...part },
  fetchArchive: { kind: 'fetchArchive', digest: 'd', offset: 2 ** 40 },
  driverStarted: { kind: 'driverStarted', driverId: 'driver-1', launch: 2 },
  driverEnded: { kind: 'driverEnded', ...ended },
  decommission: { kind: 'decommission', name: 'worker-1' },
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
        {
          applicationId: 'a',
          name: 'n',
          user: 'u',
          driverAddress: 'h:1',
          executors: 1,
          presence: 'alive',
          waitsFor: '',
        },
      ],
      executors: [{ ...executor, workerId: 'worker-1' }],
      drivers: [status],
    },
  },
  driver: { kind: 'driver', driver: status },
  archiveWanted: { kind: 'archiveWanted', digest: 'd', offset: 0 },
  archivePart: { kind: 'archivePart', ...part },
  startDriver: { kind: 'startDriver', driver, launch: 3 },
  endDriver: { kind: 'endDriver', driverId: 'driver-1', launch: 3 },
  decommission: { kind: 'decommission', name: 'executor-1' },
}

test('every message between a master and its members is read as it was said', (t) => {
  for (const message of Object.values(TO_MASTER)) t.deepEqual(decodeToMaster(encodeToMaster(message)), message)
  for (const message of Object.values(FROM_MASTER)) t.deepEqual(decodeFromMaster(encodeFromMaster(message)), message)
})

test('a message of nobody and one that is cut short are refused', (t) => {
  const conditionOf = (run: () => unknown): unknown =>
    (t.throws(run) as { readonly condition?: unknown } | undefined)?.condition
  t.is(
    conditionOf(() => decodeToMaster(new Uint8Array(0))),
    'MALFORMED_MESSAGE',
  )
  t.is(
    conditionOf(() => decodeFromMaster(new Uint8Array(0))),
    'MALFORMED_MESSAGE',
  )
  t.throws(() => decodeToMaster(encodeToMaster(TO_MASTER.joinWorker).subarray(0, 9)))
})
