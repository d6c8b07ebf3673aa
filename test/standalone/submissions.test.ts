import { createHash } from 'node:crypto'
import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mock } from 'node:test'
import test, { type ExecutionContext } from 'ava'
import type { FromMaster } from '../../proto/cluster.js'
import { decodeFromMaster } from '../../proto/cluster-codec.js'
import type { DriverSpec } from '../../proto/drivers.js'
import type { ControlCall } from '../../proto/rpc/server.js'
import { MAX_ARCHIVE_BYTES } from '../../standalone/archive/archive-format.js'
import { ARCHIVES_FOLDER, ArchiveStore } from '../../standalone/master/archive-store.js'
import { MasterCore } from '../../standalone/master/master-core.js'
import { Submissions } from '../../standalone/master/submissions.js'
import { raised } from '../support/raised.js'
import { folderOf } from '../support/standalone.js'

const MOST_UPLOADS = 16
const CODE = Buffer.from('the code of a driver')
const MOST_DRIVERS = 1_000
const MOST_TEXT_CHARS = 64 * 1024
const UPLOAD_SILENCE_MS = 60_000

const driver = (driverId: string, code = CODE, archiveBytes = code.length): DriverSpec => ({
  ...{ driverId, name: 'n', file: 'p.js', args: [], settings: {}, cores: 1, memoryBytes: 1, isSupervised: false },
  ...{ archiveDigest: createHash('sha256').update(code).digest('hex'), archiveBytes, user: undefined },
})

/** What takes drivers from clients, and what it has told one. */
function taker(t: ExecutionContext) {
  const directory = folderOf(t)
  const core = new MasterCore({ timeoutMs: 1_000, epoch: 'e', record: undefined, nowMs: 0 })
  const submissions = new Submissions({
    store: new ArchiveStore(directory),
    drivers: core.drivers,
    heartbeatMs: 100,
    handle: (event) => void core.handle(event, 0),
  })
  t.teardown(() => submissions.close())
  const client = () => {
    const told: FromMaster['kind'][] = []
    const write = (bytes: Buffer): boolean => told.push(decodeFromMaster(bytes).kind) > 0
    const failures: unknown[] = []
    const emit = (_event: 'error', error: { details: string }): boolean => failures.push(error.details) > 0
    const call = { write, emit } as unknown as ControlCall
    const submit = (spec: DriverSpec): void =>
      submissions.hear(call, { kind: 'submitDriver', driver: spec }, undefined, undefined)
    const send = (offset: number, bytes: Uint8Array): void =>
      submissions.hear(call, { kind: 'archivePart', digest: '', offset, bytes }, undefined, undefined)
    return { told, failures, submit, send, leave: () => submissions.forget(call) }
  }
  return { client, core, directory, files: () => readdirSync(join(directory, ARCHIVES_FOLDER)) }
}

test('so many archives are taken at a time, and one that leaves makes room and leaves nothing', async (t) => {
  const { client, files } = taker(t)
  const clients = Array.from({ length: MOST_UPLOADS }, client)
  for (const [i, one] of clients.entries()) one.submit(driver(`d${i}`))
  t.is(files().length, MOST_UPLOADS)
  const late = client()
  await raised(t, () => late.submit(driver('late')), 'SUBMISSION_REFUSED')
  clients[0]!.leave()
  late.submit(driver('late'))
  late.send(0, CODE)
  t.deepEqual(late.told, ['welcome', 'archiveWanted', 'driver'])
  for (const one of clients) one.leave()
  t.deepEqual(files(), [driver('late').archiveDigest])
})

test('an archive that is larger than may be, or than was said, in other parts or with other bytes, is refused and leaves nothing', async (t) => {
  const { client, files } = taker(t)
  for (const bytes of [0, -1, Number.NaN, MAX_ARCHIVE_BYTES + 1])
    await raised(t, () => client().submit(driver('d', CODE, bytes)), 'ARCHIVE_REFUSED')
  await raised(t, () => client().send(0, CODE), 'ARCHIVE_REFUSED')
  for (const [offset, bytes] of [
    [0, Buffer.concat([CODE, CODE])],
    [1, CODE],
    [0, Buffer.alloc(0)],
    [0, Buffer.alloc(CODE.length)],
  ] as const) {
    const one = client()
    one.submit(driver('d'))
    await raised(t, () => one.send(offset, bytes), 'ARCHIVE_REFUSED')
    one.leave()
  }
  t.deepEqual(files(), [])
})

test('a client that submits another driver has begun no archive but that one', (t) => {
  const { client, files } = taker(t)
  const one = client()
  for (const driverId of ['d1', 'd2', 'd3']) one.submit(driver(driverId))
  t.is(files().length, 1)
  one.leave()
  t.deepEqual(files(), [])
})

test('a driver without id or program, or that asks for what no worker has, is refused before its archive is asked for', async (t) => {
  const { client, files } = taker(t)
  const texts = (chars: number): Partial<DriverSpec> => ({
    driverId: '12',
    name: '34',
    file: '56',
    args: ['x'.repeat(chars - 6)],
  })
  for (const odd of [
    { driverId: '' },
    { file: '' },
    ...[0, -1, 1_025].map((cores) => ({ cores })),
    ...[0, -1, 1.5, Number.NaN, 2 ** 53].map((memoryBytes) => ({ memoryBytes })),
    texts(MOST_TEXT_CHARS + 1),
    { ...texts(MOST_TEXT_CHARS), settings: { a: '' } },
  ]) {
    const one = client()
    await raised(t, () => one.submit({ ...driver('d'), ...odd }), 'SUBMISSION_REFUSED')
    t.deepEqual(one.told, ['welcome'], JSON.stringify(odd))
  }
  t.deepEqual(files(), [])
  for (const most of [{ cores: 1_024 }, { memoryBytes: 2 ** 53 - 1 }, texts(MOST_TEXT_CHARS)]) {
    const one = client()
    one.submit({ ...driver('d'), ...most })
    t.deepEqual(one.told, ['welcome', 'archiveWanted'])
    one.leave()
  }
})

test('so many drivers run or wait, and those that are over take nobody the place', async (t) => {
  const { client, core } = taker(t)
  for (let i = 0; i < MOST_DRIVERS; i++) core.handle({ kind: 'driverSubmitted', driver: driver(`d${i}`) }, 0)
  await raised(t, () => client().submit(driver('late')), 'SUBMISSION_REFUSED')
  core.handle({ kind: 'driverKilled', driverId: 'd0' }, 0)
  const late = client()
  late.submit(driver('late'))
  t.deepEqual(late.told, ['welcome', 'archiveWanted'])
})

test('the code of drivers that run or wait does not make room for that of others', async (t) => {
  const { client, core, directory, files } = taker(t)
  const waiting = driver('waits', Buffer.from('other code'))
  core.handle({ kind: 'driverSubmitted', driver: waiting }, 0)
  const path = join(directory, ARCHIVES_FOLDER, waiting.archiveDigest)
  // A file of nothing, which takes no room on the disk, as large as all that is kept.
  writeFileSync(path, '')
  truncateSync(path, 16 * MAX_ARCHIVE_BYTES)
  await raised(t, () => client().submit(driver('d')), 'ARCHIVE_REFUSED')
  t.deepEqual(files(), [waiting.archiveDigest])
  core.handle({ kind: 'driverKilled', driverId: 'waits' }, 0)
  const one = client()
  one.submit(driver('d'))
  one.send(0, CODE)
  t.deepEqual(files(), [driver('d').archiveDigest])
})

test.serial('a client that sends nothing of its archive is sent away, and one that left is not told so', (t) => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const { client } = taker(t)
  const [silent, gone] = [client(), client()]
  for (const [i, one] of [silent, gone].entries()) one.submit(driver(`d${i}`))
  gone.leave()
  mock.timers.tick(UPLOAD_SILENCE_MS)
  t.deepEqual([silent.failures, gone.failures], [[], []])
  mock.timers.tick(UPLOAD_SILENCE_MS / 6)
  t.deepEqual(silent.failures, ['ARCHIVE_REFUSED'])
  t.deepEqual(gone.failures, [])
})
