import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { createLogger } from '../../common/log.js'
import type { FromMaster, ToMaster } from '../../proto/cluster.js'
import { decodeToMaster, encodeFromMaster } from '../../proto/cluster-codec.js'
import type { DriverStatus } from '../../proto/drivers.js'
import { type ControlCall, RpcServer } from '../../proto/rpc/server.js'
import { PART_BYTES } from '../../standalone/archive/archive-format.js'
import { DriverClient } from '../../standalone/client/driver-client.js'
import { folderOf, SECRET } from '../support/standalone.js'

const STATUS: DriverStatus = {
  ...{ driverId: 'd', name: 'n', state: 'RUNNING', workerId: 'w' },
  ...{ launches: 1, isSupervised: false, reason: '' },
}
const WELCOME: FromMaster = { kind: 'welcome', heartbeatMs: 60_000 }

/** A client of a master that gives these answers. */
async function clientOf(
  t: ExecutionContext,
  answer: (message: ToMaster) => readonly FromMaster[],
): Promise<DriverClient> {
  const joined = (call: ControlCall): void => {
    call.on('data', (bytes: Buffer) => {
      for (const message of answer(decodeToMaster(bytes))) call.write(encodeFromMaster(message))
    })
    for (const event of ['end', 'cancelled', 'error']) call.on(event, () => call.end())
  }
  const server = await RpcServer.listen({ host: '127.0.0.1', port: 0, secret: SECRET, joined })
  t.teardown(() => server.close(0))
  return new DriverClient({ address: server.address, secret: SECRET }, createLogger('test', 'silent'))
}

test('who waits for a driver hears how it is when the time is over', async (t) => {
  let asked = 0
  const client = await clientOf(t, ({ kind }) => {
    if (kind !== 'askDriver') return []
    const told = { kind: 'driver', driver: STATUS } as const
    return asked++ === 0 ? [WELCOME, told] : [told]
  })
  t.deepEqual(await client.waitFor('d', ({ state }) => state === 'FINISHED', 0), STATUS)
})

test('a part of the archive that is asked for together with the welcome is sent, too', async (t) => {
  const content = Buffer.alloc(PART_BYTES + 10, 7)
  const archive = join(folderOf(t), 'archive')
  writeFileSync(archive, content)
  const parts: (readonly [number, number])[] = []
  const wanted = (offset: number): FromMaster => ({ kind: 'archiveWanted', digest: 'x', offset })
  const client = await clientOf(t, (message) => {
    if (message.kind === 'submitDriver') return [WELCOME, wanted(0)]
    if (message.kind !== 'archivePart') return []
    parts.push([message.offset, message.bytes.length])
    const end = message.offset + message.bytes.length
    return [end < content.length ? wanted(end) : { kind: 'driver', driver: STATUS }]
  })
  const spec = { driverId: 'd', name: 'n', file: 'p.js', args: [], settings: {}, cores: 1, memoryBytes: 1 }
  const driver = { ...spec, isSupervised: false, archiveDigest: 'x', archiveBytes: content.length }
  t.deepEqual(await client.submit(driver, archive), STATUS)
  t.deepEqual(parts, [
    [0, PART_BYTES],
    [PART_BYTES, 10],
  ])
})
