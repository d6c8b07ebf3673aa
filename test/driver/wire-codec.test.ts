import test from 'ava'
import { stateKeyOf } from '../../common/encryption/file-protection.js'
import { sealed } from '../../common/encryption/sealed.js'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import { decodeStage } from '../../planner/codec/plan-codec.js'
import { decodeFetchRequest, encodeFetchRequest } from '../../proto/block-codec.js'
import type { DriverMessage, ExecutorMessage, FetchRequest, TaskLaunch } from '../../proto/protocol.js'
import { MAX_REQUEST_BYTES } from '../../proto/rpc/limits.js'
import { millrace } from '../../proto/wire.js'
import {
  DriverMessageDecoder,
  DriverMessageEncoder,
  decodeExecutorMessage,
  encodeExecutorMessage,
  encodeRegister,
} from '../../proto/wire-codec.js'
import { hash, scan, sum } from '../support/fake-plans.js'
import { blockOf, valuesOf } from '../support/fake-task.js'
import { raised } from '../support/raised.js'

const group = { executorId: 'e', address: '127.0.0.1:1', attemptIds: [1, 2_000_000_000] }
const launch: TaskLaunch = {
  attemptId: 7,
  jobId: 3,
  stageKey: 2,
  attempt: 1,
  stage: scan(0, 10, 2, hash(3)),
  inputs: {
    partition: 1,
    splits: { 0: [{ from: 1n, name: 'é', bytes: null }] },
    streaming: {
      queryId: 'q',
      batchId: 4,
      timeMs: 17,
      epoch: 2,
      checkpointLocation: '/c',
      minBatchesToRetain: 9,
      operators: { 0: { finalMicros: -5n, version: { file: 'f', digest: 'd' } }, 1: {} },
    },
  },
  sources: [
    { kind: 'stage', stageId: 5, stageKey: 0, groups: [group, { ...group, attemptIds: [] }] },
    { kind: 'cache', cacheId: 'c', stageKey: 1, groups: [group] },
    { kind: 'local', id: 'l', from: 3, until: 9 },
  ],
  owner: { kind: 'job' },
  inlineBytes: 1000,
}

const STATE_KEY = stateKeyOf(Buffer.alloc(32, 'key'))
/** One of each kind; a new kind does not compile until it is here. */
const driverMessages: { readonly [K in DriverMessage['kind']]: readonly Extract<DriverMessage, { kind: K }>[] } = {
  protectFiles: [
    {
      kind: 'protectFiles',
      protection: { keyBits: undefined, stateKeys: [STATE_KEY, stateKeyOf(Buffer.alloc(32, 1))] },
    },
    { kind: 'protectFiles', protection: { keyBits: 192, stateKeys: [] } },
  ],
  launchTask: [
    { kind: 'launchTask', launch },
    { kind: 'launchTask', launch: { ...launch, attemptId: 8, owner: { kind: 'cache', cacheId: 'c' }, sources: [] } },
    { kind: 'launchTask', launch: { ...launch, attemptId: 10, together: ['a:1', 'localhost'] } },
    { kind: 'launchTask', launch: { ...launch, attemptId: 9, stageKey: 4, stage: sum(1, 0, 2, hash(1)) } },
  ],
  cancelTask: [{ kind: 'cancelTask', attemptId: 7 }],
  releaseJob: [{ kind: 'releaseJob', jobId: 3 }],
  dropCache: [{ kind: 'dropCache', cacheId: 'c' }],
  dropState: [{ kind: 'dropState', queryId: 'q' }],
  passBarrier: [
    { kind: 'passBarrier', attemptId: 7, sequence: 2, messages: ['', 'ä'] },
    { kind: 'passBarrier', attemptId: 7, sequence: 0, messages: [] },
  ],
  takeOutput: [
    { kind: 'takeOutput', attemptId: 1, jobId: 3, owner: { kind: 'job' }, address: '127.0.0.1:1' },
    { kind: 'takeOutput', attemptId: 2, jobId: 0, owner: { kind: 'cache', cacheId: 'c' }, address: '127.0.0.1:1' },
  ],
  shutdown: [{ kind: 'shutdown' }],
}
const report = { rowsRead: 5_000_000_000, rowsWritten: 2, bytesWritten: 3, spilledBytes: 0, elapsedMs: 1.5 }
const executorMessages: { readonly [K in ExecutorMessage['kind']]: readonly Extract<ExecutorMessage, { kind: K }>[] } =
  {
    heartbeat: [
      {
        kind: 'heartbeat',
        memory: { limitBytes: 2 ** 40, heldBytes: 2 ** 33 + 1, storedBytes: 0, residentBytes: 7 },
      },
    ],
    barrierCalled: [
      { kind: 'barrierCalled', attemptId: 7, sequence: 0, method: 'barrier', message: '' },
      { kind: 'barrierCalled', attemptId: 7, sequence: 3, method: 'allGather', message: 'ä' },
    ],
    taskSucceeded: [
      {
        kind: 'taskSucceeded',
        attemptId: 1,
        report: {
          ...report,
          commitMessage: { at: 5n },
          streaming: {
            scans: [{ scanId: 2, rows: 5 }],
            eventTimes: [{ watermarkId: 1, rows: 2, minMicros: -9n, maxMicros: 9n, sumMicros: 0.5 }],
            operators: [],
          },
        },
      },
      { kind: 'taskSucceeded', attemptId: 2, report, blocks: [] },
    ],
    taskFailed: [
      {
        kind: 'taskFailed',
        attemptId: 3,
        error: serializeError(
          new MillraceError(
            'FETCH_FAILED',
            { block: 'b', executor: 'e', stage: 2, reason: 'r' },
            { cause: new Error('x') },
          ),
        ),
      },
    ],
    outputTaken: [{ kind: 'outputTaken', attemptId: 4 }],
    outputNotTaken: [{ kind: 'outputNotTaken', attemptId: 5, reason: 'r' }],
    leaving: [{ kind: 'leaving', reason: 'r' }],
  }
const fetchRequests: { readonly [K in FetchRequest['kind']]: readonly Extract<FetchRequest, { kind: K }>[] } = {
  attempts: [
    { kind: 'attempts', attemptIds: [1, 2, 3], partition: 0 },
    { kind: 'attempts', attemptIds: [], partition: 'all' },
  ],
  local: [{ kind: 'local', id: 'l', from: 0, until: 5 }],
  output: [{ kind: 'output', attemptId: 9 }],
}

test("every kind of the driver's messages survives the wire", (t) => {
  const encoder = new DriverMessageEncoder('a secret of sixteen')
  const decoder = new DriverMessageDecoder('a secret of sixteen')
  for (const message of Object.values(driverMessages).flat())
    t.deepEqual(decoder.decode(encoder.encode(message)), message)
})

test('keys are read by who has the secret of the application, and by nobody else', (t) => {
  const [message] = driverMessages.protectFiles
  const bytes = new DriverMessageEncoder('a secret of sixteen').encode(message!)
  t.false(bytes.includes(Buffer.from(STATE_KEY.bytes)))
  t.throws(() => new DriverMessageDecoder('another of sixteen!').decode(bytes), {
    message: /keys of state cannot be read/,
  })
})

test('that and how files are encrypted cannot be changed on the way without the secret', (t) => {
  const sent = driverMessages.protectFiles[1]!
  const bytes = new DriverMessageEncoder('a secret of sixteen').encode(sent)
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    let read: DriverMessage
    try {
      read = new DriverMessageDecoder('a secret of sixteen').decode(changed)
    } catch {
      continue
    }
    if (read.kind === 'protectFiles') t.deepEqual(read, sent, `byte ${at} of ${bytes.length}`)
  }
})

test('a stage is sent once per connection and job', (t) => {
  const encoder = new DriverMessageEncoder('a secret of sixteen')
  const first = encoder.encode({ kind: 'launchTask', launch })
  const second = encoder.encode({ kind: 'launchTask', launch })
  t.true(second.length < first.length - 200)
  encoder.encode({ kind: 'releaseJob', jobId: launch.jobId })
  t.is(encoder.encode({ kind: 'launchTask', launch }).length, first.length)
})

test("every kind of an executor's messages survives the wire", (t) => {
  for (const message of Object.values(executorMessages).flat()) {
    t.deepEqual(decodeExecutorMessage(encodeExecutorMessage(message)), message)
  }
  const register = { executorId: 'e.2', slots: 3, blockAddress: '127.0.0.1:5', previousId: 'e' }
  t.deepEqual(decodeExecutorMessage(encodeRegister(register)), { kind: 'register', ...register })
})

test('blocks that come along are aligned and shareable', (t) => {
  const message: ExecutorMessage = {
    kind: 'taskSucceeded',
    attemptId: 1,
    report,
    blocks: [blockOf([1n, 2n]), blockOf([3n])],
  }
  const decoded = decodeExecutorMessage(encodeExecutorMessage(message))
  const blocks = decoded.kind === 'taskSucceeded' ? decoded.blocks! : []
  t.deepEqual(blocks.map(valuesOf), [[1n, 2n], [3n]])
  t.true(blocks.every(({ bytes }) => bytes.byteOffset === 0 && bytes.buffer instanceof SharedArrayBuffer))
})

test('a report or an error too large to be sent fails its task with a condition that says so', (t) => {
  const huge = 'x'.repeat(MAX_REQUEST_BYTES)
  const error = serializeError(new MillraceError('FAILED_WRITE_FILE', { path: huge, reason: '' }))
  for (const message of [
    { kind: 'taskSucceeded', attemptId: 7, report: { ...report, commitMessage: huge } },
    { kind: 'taskFailed', attemptId: 7, error },
  ] as const) {
    const bytes = encodeExecutorMessage(message)
    t.true(bytes.length < 10_000)
    t.like(decodeExecutorMessage(bytes), {
      kind: 'taskFailed',
      attemptId: 7,
      error: { condition: 'CONTROL_MESSAGE_TOO_LARGE', parameters: { limit: String(MAX_REQUEST_BYTES) } },
    })
  }
})

test('a result that is damaged on its way is a failed attempt, which is run again', (t) => {
  const block = blockOf([1n, 2n])
  const bytes = encodeExecutorMessage({ kind: 'taskSucceeded', attemptId: 7, report, blocks: [block] })
  bytes[bytes.indexOf(block.bytes) + 3]! ^= 1
  const error = { condition: 'BLOCK_CORRUPT', parameters: { place: 'the result of attempt 7' } }
  t.like(decodeExecutorMessage(bytes), { kind: 'taskFailed', attemptId: 7, error })
})

test('every kind of fetch request survives the wire', (t) => {
  for (const request of Object.values(fetchRequests).flat()) {
    t.deepEqual(decodeFetchRequest(encodeFetchRequest(request)), request)
  }
})

const SECRET = 'a secret of sixteen'
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

test('what is none of the messages is refused by a condition that names it', async (t) => {
  const succeeded = (report: unknown): Uint8Array =>
    millrace.FromExecutor.encode({
      taskSucceeded: { attemptId: 1, report: bytesOf(report), hasBlocks: false, blocks: [] },
    }).finish()
  const failed = (error: unknown): Uint8Array =>
    millrace.FromExecutor.encode({ taskFailed: { attemptId: 1, error: bytesOf(error) } }).finish()
  const told = (bytes: Uint8Array) => (): unknown => new DriverMessageDecoder(SECRET).decode(bytes)
  const protection = (content: Uint8Array): Uint8Array =>
    millrace.FromDriver.encode({ protectFiles: { sealed: sealed(SECRET, 'keys of state', content) } }).finish()
  const counts = { rowsRead: 1, rowsWritten: 1, bytesWritten: 1, spilledBytes: 0 }
  const heard = (bytes: Uint8Array) => (): unknown => decodeExecutorMessage(bytes)
  const whole = new DriverMessageEncoder(SECRET).encode({ kind: 'launchTask', launch })
  for (const [what, read] of [
    ['control message', heard(new Uint8Array(0))],
    ['control message', told(new Uint8Array([255, 255, 255]))],
    ['control message', told(whole.subarray(0, whole.length - 3))],
    ['report of a task', heard(succeeded(null))],
    ['report of a task', heard(succeeded(counts))],
    ['report of a task', heard(succeeded({ ...counts, elapsedMs: 'long' }))],
    ['report of a task', heard(failed(17))],
    ['error of a task', heard(failed({ condition: 'NO_EXECUTORS' }))],
    ['error of a task', heard(failed({ parameters: {} }))],
    ['protection of files', told(protection(Buffer.of()))],
    ['protection of files', told(protection(Buffer.of(3)))],
    ['plan', () => decodeStage(Buffer.from('{'))],
    ['request for blocks', () => decodeFetchRequest(new Uint8Array(0))],
  ] as const)
    t.is((await raised(t, read, 'MALFORMED_MESSAGE')).parameters['what'], what)
  t.is(decodeExecutorMessage(succeeded({ ...counts, elapsedMs: 0.5 })).kind, 'taskSucceeded')
})
