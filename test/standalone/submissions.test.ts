import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
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
    const call = { write } as unknown as ControlCall
    const submit = (spec: DriverSpec): void =>
      submissions.hear(call, { kind: 'submitDriver', driver: spec }, undefined, undefined)
    const send = (offset: number, bytes: Uint8Array): void =>
      submissions.hear(call, { kind: 'archivePart', digest: '', offset, bytes }, undefined, undefined)
    return { told, submit, send, leave: () => submissions.forget(call) }
  }
  return { client, files: () => readdirSync(join(directory, ARCHIVES_FOLDER)) }
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
