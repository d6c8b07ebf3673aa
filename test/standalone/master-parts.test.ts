import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { createLogger } from '../../common/log.js'
import type { ToMaster } from '../../proto/cluster.js'
import { checkedJoin } from '../../standalone/master/join-check.js'
import type { MasterCore } from '../../standalone/master/master-core.js'
import type { Worker } from '../../standalone/master/members.js'
import { whyNoRoom, workerFor } from '../../standalone/master/placement.js'
import { RECORD_FILE, RecordFile } from '../../standalone/master/record-file.js'
import { checkRight } from '../../standalone/master/rights.js'
import { REVOKED_TOKENS, Tokens } from '../../standalone/master/tokens.js'
import { raised } from '../support/raised.js'

const MIB = 1024 ** 2

function inFolder(body: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-master-'))
  try {
    body(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('a token is taken until the moment at which it expires, and while neither it nor its user is revoked', (t) =>
  inFolder((folder) => {
    const tokens = new Tokens(folder, createLogger('test', 'silent'))
    t.is(tokens.refusalOf('ann.5000.x', 4_999), undefined)
    t.regex(tokens.refusalOf('ann.5000.x', 5_000)!, /expired at 1970-01-01T00:00:05/)
    t.is(tokens.refusalOf('ann.0.x', 1e15), undefined, 'one that never does')
    writeFileSync(join(folder, REVOKED_TOKENS), 'ann.0.x\nbob\n')
    tokens.readList()
    const taken = ['ann.0.y', 'ann.0.x', 'bob.0.x', 'bobby.0.x', 'x.0.bob'].filter((name) => !tokens.refusalOf(name, 0))
    t.deepEqual(taken, ['ann.0.y', 'bobby.0.x', 'x.0.bob'])
  }))

test('of each message a user may send those about what is his own', (t) => {
  const record = (user: string | undefined) => ({ record: { applicationId: `app of ${user}`, user } })
  const driver = (user: string | undefined) => ({ spec: { driverId: `driver of ${user}`, user } })
  const users = ['ann', 'bob', undefined]
  const core = {
    applications: users.map(record),
    drivers: { records: users.map(driver) },
  } as unknown as MasterCore
  const mayTell = (user: string | undefined, message: object): boolean => {
    try {
      checkRight(user, message as ToMaster, core)
      return true
    } catch (error) {
      if (MillraceError.is(error) && error.condition === 'CLUSTER_PERMISSION_DENIED') return false
      throw error
    }
  }
  for (const kind of ['joinWorker', 'executorEnded', 'driverStarted', 'driverEnded', 'fetchArchive']) {
    t.false(mayTell('ann', { kind }), kind)
    t.true(mayTell(undefined, { kind }), kind)
  }
  for (const kind of ['askStatus', 'alive', 'leave', 'releaseExecutor', 'archivePart']) t.true(mayTell('ann', { kind }))
  for (const of of ['ann', 'bob', 'undefined', 'nobody']) {
    const driverId = `driver of ${of}`
    const isAllowed = of === 'ann' || of === 'nobody'
    for (const message of [
      { kind: 'submitDriver', driver: { driverId } },
      { kind: 'askDriver', driverId },
      { kind: 'killDriver', driverId },
      { kind: 'joinApplication', applicationId: `app of ${of}`, driverId: '' },
      { kind: 'joinApplication', applicationId: 'new', driverId },
    ]) {
      t.is(mayTell('ann', message), isAllowed, `${message.kind} ${of}`)
      t.true(mayTell(undefined, message))
    }
  }
})

const worker = (workerId: string, free: number, of = 4, freeMib = 100, rest: Partial<Worker> = {}): Worker => ({
  ...{ isConnected: true, isAwaited: false, heardAwakeMs: 0 },
  record: { workerId, host: 'h', cores: of, memoryBytes: 200 * MIB, isLeaving: false },
  ...{ usedCores: of - free, usedBytes: (200 - freeMib) * MIB },
  ...rest,
})

test('what wants cores and memory goes where most cores are free of the workers that have enough of both', (t) => {
  const workers = [
    worker('a', 1),
    worker('b', 3, 4, 50),
    worker('c', 2),
    worker('d', 4, 4, 100, { isConnected: false }),
  ]
  const placed = (cores: number, mib: number): string | undefined =>
    workerFor({ cores, memoryBytes: mib * MIB }, workers)?.record.workerId
  t.deepEqual([placed(1, 50), placed(1, 51), placed(2, 100), placed(3, 50)], ['b', 'c', 'c', 'b'])
  t.deepEqual([placed(3, 51), placed(4, 1), placed(1, 101)], [undefined, undefined, undefined])
  t.is(placed(0, 60), 'c', 'all that are free')
  t.is(workerFor({ cores: 0, memoryBytes: 1 }, [worker('full', 0)]), undefined, 'one at least')
  const leaving = worker('l', 4)
  const gone = { ...leaving, record: { ...leaving.record, isLeaving: true } }
  t.is(workerFor({ cores: 1, memoryBytes: 1 }, [gone]), undefined)
})

test('people are told of five workers at most why they have no room, and of how many more', (t) => {
  const wanted = { cores: 8, memoryBytes: 10 * MIB }
  t.is(whyNoRoom(wanted, []), 'the master has no worker')
  const names = (count: number) => Array.from({ length: count }, (_, i) => worker(`w${i}`, 1))
  t.regex(whyNoRoom(wanted, names(1)), /^no worker has 8 cores and .* free: w0 has 1 of 4 cores and .* of .* free$/)
  t.notRegex(whyNoRoom(wanted, names(5)), /others/)
  t.regex(whyNoRoom(wanted, names(6)), /w4 has .* free, 1 others have no room either$/)
})

test('of executors in a record those count whose worker and application are there', (t) =>
  inFolder((folder) => {
    const file = new RecordFile(folder)
    t.is(file.read(), undefined)
    const executor = (workerId: string, applicationId: string) => ({ workerId, held: { applicationId } })
    const executors = [executor('w', 'a'), executor('w', 'x'), executor('x', 'a')]
    const record = { workers: [{ workerId: 'w' }], applications: [{ applicationId: 'a' }], executors, drivers: [] }
    file.write(record as unknown as Parameters<RecordFile['write']>[0])
    t.deepEqual(
      file.read()?.executors.map(({ workerId }) => workerId),
      ['w'],
    )
    writeFileSync(join(folder, RECORD_FILE), JSON.stringify({ ...record, version: 1 }))
    t.throws(() => file.read(), { message: /it is of version 1, and 2 is known/ })
  }))

test('who joins names itself as what it is, and has cores and memory that there may be', async (t) => {
  const greeting = { host: 'h', cores: 1, memoryBytes: 1, isLeaving: false, executors: [], drivers: [] }
  const worker = { kind: 'joinWorker', workerId: 'worker-1', ...greeting } as const
  const asked = {
    name: 'n',
    driverAddress: 'd:1',
    cores: 0,
    memoryBytes: 1,
    executors: 1,
    driverId: '',
    sealedSecret: new Uint8Array(),
    heartbeatIntervalMs: 1,
  }
  const application = { kind: 'joinApplication', applicationId: 'app', ...asked } as const
  t.deepEqual([checkedJoin(worker, []), checkedJoin(application, [])], ['worker-1', 'app'])
  for (const most of [{ cores: 65_536 }, { memoryBytes: 2 ** 53 - 1 }])
    t.is(checkedJoin({ ...worker, ...most }, []), 'worker-1')
  for (const odd of [{ cores: 65_537 }, { memoryBytes: 0 }, { memoryBytes: -1 }, { memoryBytes: 2 ** 53 }])
    await raised(t, () => checkedJoin({ ...worker, ...odd }, []), 'INVALID_CONF_VALUE')
  for (const workerId of ['', 'w1', 'app'])
    await raised(t, () => checkedJoin({ ...worker, workerId }, []), 'INVALID_CONF_VALUE')
  for (const applicationId of ['', 'worker-1'])
    await raised(t, () => checkedJoin({ ...application, applicationId }, []), 'INVALID_CONF_VALUE')
  const long = 'x'.repeat(4_097)
  for (const key of ['applicationId', 'driverAddress', 'driverId'])
    await raised(t, () => checkedJoin({ ...application, [key]: long }, []), 'INVALID_CONF_VALUE')
  const sealed = { ...application, sealedSecret: new Uint8Array(4_097) }
  await raised(t, () => checkedJoin(sealed, []), 'INVALID_CONF_VALUE')
  t.is(checkedJoin({ ...application, name: long }, []), 'app', 'of a name the beginning is taken')
  const many = Array.from({ length: 10_000 }, (_, i) => ({ record: { applicationId: `app-${i}` } }))
  await raised(t, () => checkedJoin(application, many), 'INVALID_CONF_VALUE')
  t.is(checkedJoin({ ...application, applicationId: 'app-7' }, many), 'app-7', 'who is there may come back')
  t.is(checkedJoin(worker, many), 'worker-1')
})
