import { getEventListeners } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises'
import { Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { openDirectory } from '../../connectors/kafka/broker/broker-directory.js'
import { serveConnection } from '../../connectors/kafka/broker/connection.js'
import type { BrokerContext } from '../../connectors/kafka/broker/context.js'
import { GroupCoordinator } from '../../connectors/kafka/broker/groups/coordinator.js'
import type { OffsetStore } from '../../connectors/kafka/broker/groups/offset-store.js'
import { EMPTY_SLICE } from '../../connectors/kafka/broker/log/partition-log.js'
import { RequestReader } from '../../connectors/kafka/broker/protocol/reader.js'
import { ResponseWriter } from '../../connectors/kafka/broker/protocol/writer.js'
import { fetch } from '../../connectors/kafka/broker/requests/fetch.js'
import { request } from '../support/broker-requests.js'

/* Who waits for whom in the broker, how long at most, and what is left of it: serial, as some tests have clocks of their own. */

const VERSION = 4
const READ_COMMITTED = 1

/** Whether a promise is settled by what has been done so far. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  void promise.then(() => {
    settled = true
  })
  for (let turn = 0; turn < 3; turn++) await setImmediate()
  return settled
}

/** A log of which only who waits for it, and what is asked of it, is of interest. */
class AskedLog {
  endOffset = 5n
  lastStableOffset = 5n
  readonly waiters = new Set<() => void>()
  readonly mostBytes: number[] = []
  readonly askedAborted: (readonly [from: bigint, until: bigint])[] = []
  /** What each read brings. */
  brought = EMPTY_SLICE

  onAppend(callback: () => void): () => void {
    this.waiters.add(callback)
    return () => this.waiters.delete(callback)
  }

  wake(): void {
    const waiters = [...this.waiters]
    this.waiters.clear()
    for (const wake of waiters) wake()
  }

  async slice(_offset: bigint, mostBytes: number): Promise<typeof EMPTY_SLICE> {
    this.mostBytes.push(mostBytes)
    return this.brought
  }

  async aborted(from: bigint, until: bigint): Promise<readonly never[]> {
    this.askedAborted.push([from, until])
    return []
  }
}

interface Asked {
  readonly maxWaitMs?: number
  readonly offset?: bigint
}

/** A fetch of what is committed, of all partitions. */
function fetching(logs: readonly AskedLog[], signal: AbortSignal, { maxWaitMs = 1000, offset = 5n }: Asked = {}) {
  const body = new ResponseWriter().int32(-1).int32(maxWaitMs).int32(1).int32(2_000_000_000).int8(READ_COMMITTED)
  body.array(['events'], (name) =>
    body.string(name).array([...logs.keys()], (partition) => {
      body.int32(partition).int64(offset).int32(2_000_000_000)
    }),
  )
  const bytes = Buffer.concat(body.parts().filter((part) => Buffer.isBuffer(part)))
  const topics = new Map([['events', { id: Buffer.alloc(16), partitions: logs }]])
  const context = { topics: { topics: () => topics } } as unknown as BrokerContext
  const header = { apiKey: 1, apiVersion: VERSION, correlationId: 1, clientId: null, clientHost: '', signal }
  return fetch.handle(new RequestReader(bytes), new ResponseWriter(), header, context)
}

test.serial('who reads what is committed waits until something is, and waits for each partition once', async (t) => {
  const [first, second] = [new AskedLog(), new AskedLog()]
  const { signal } = new AbortController()
  const answer = fetching([first, second], signal)
  for (let i = 0; i < 10; i++) {
    first.endOffset++
    first.wake()
  }
  t.false(await isSettled(answer), 'nothing of it is committed')
  t.deepEqual([first.waiters.size, second.waiters.size], [1, 1])
  second.endOffset++
  second.lastStableOffset++
  second.wake()
  t.true(await answer)
  t.deepEqual([first.waiters.size, second.waiters.size], [0, 0])
  t.is(getEventListeners(signal, 'abort').length, 0)
})

test.serial('nobody waits for a client that is gone, before its fetch or while it waits', async (t) => {
  const log = new AskedLog()
  const gone = new AbortController()
  const answer = fetching([log], gone.signal)
  t.false(await isSettled(answer))
  gone.abort()
  t.true(await isSettled(answer))
  t.true(await isSettled(fetching([log], gone.signal)))
  t.is(log.waiters.size, 0)
})

test.serial('a fetch waits for half a minute at most and brings 55 MiB, whatever it asks for', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const log = new AskedLog()
    const answer = fetching([log], new AbortController().signal, { maxWaitMs: 2_000_000_000 })
    mock.timers.tick(29_999)
    t.false(await isSettled(answer))
    mock.timers.tick(1)
    t.true(await isSettled(answer))
    t.is(log.waiters.size, 0)
    t.deepEqual(log.mostBytes, [55 << 20])
  } finally {
    mock.timers.reset()
  }
})

test.serial(
  'what an answer may bring is shared by its partitions, and of each it tells what was given up within it',
  async (t) => {
    const logs = [new AskedLog(), new AskedLog(), new AskedLog()]
    for (const log of logs) log.brought = { ...EMPTY_SLICE, bytes: 40 << 20, until: 4n }
    await fetching(logs, new AbortController().signal, { offset: 2n })
    t.deepEqual(
      logs.map(({ mostBytes }) => mostBytes),
      [[55 << 20], [15 << 20], []],
    )
    t.deepEqual(logs[0]!.askedAborted, [[2n, 4n]])
  },
)

/** A connection whose client takes what is sent when it is told to. */
class SlowSocket extends Duplex {
  idle: { readonly afterMs: number; end(): void } | undefined

  constructor() {
    super({ highWaterMark: 1 })
  }

  setNoDelay(): this {
    return this
  }

  setTimeout(afterMs: number, end: () => void): this {
    this.idle = { afterMs, end }
    return this
  }

  override _read(): void {}

  /** Never done with what it got. */
  override _write(): void {}
}

/** No request that needs it is made here. */
const NO_CONTEXT = {} as BrokerContext
const serving = (socket: SlowSocket): Promise<void> => serveConnection(socket as unknown as Socket, NO_CONTEXT)

test.serial('a connection on which nothing happens for ten minutes ends', async (t) => {
  const socket = new SlowSocket()
  const served = serving(socket)
  t.false(await isSettled(served))
  t.is(socket.idle?.afterMs, 600_000)
  socket.idle!.end()
  t.true(await isSettled(served))
})

test.serial('no answer is sent before the one ahead of it is taken, and who is gone holds up nothing', async (t) => {
  const socket = new SlowSocket()
  const served = serving(socket)
  const versions = request(18, 0, () => undefined)
  socket.push(Buffer.concat([versions, versions]))
  t.false(await isSettled(served))
  t.is(socket.writableLength, 4, 'the length of the first answer')
  socket.destroy()
  t.true(await isSettled(served))
})

test.serial('a request may have 100 MiB, and one that says it has more ends its connection', async (t) => {
  const lengthOf = (bytes: number): Buffer => new ResponseWriter().int32(bytes).parts()[0] as Buffer
  for (const [bytes, isEnded] of [
    [100 << 20, false],
    [(100 << 20) + 1, true],
    [-1, true],
  ] as const) {
    const socket = new SlowSocket()
    const served = serving(socket)
    socket.push(lengthOf(bytes))
    t.is(await isSettled(served), isEnded, `${bytes} bytes`)
    socket.destroy()
    await served
  }
})

const joining = (memberId = '') => ({
  ...{ memberId, clientId: 'c', clientHost: 'h', sessionTimeoutMs: 1000, rebalanceTimeoutMs: 5000 },
  ...{ protocolType: 'consumer', protocols: [{ name: 'range', metadata: Buffer.alloc(0) }] },
})

test.serial(
  'members that fall silent or leave are waited for no longer, and a group without any is none',
  async (t) => {
    mock.timers.enable({ apis: ['setInterval', 'Date'] })
    const groups = new GroupCoordinator({ groups: () => [] } as unknown as OffsetStore)
    try {
      const first = await groups.join('g', joining())
      await groups.sync('g', first.memberId, first.generation, new Map())
      const second = groups.join('g', joining())
      t.false(await isSettled(second), 'the first one has to come again')
      mock.timers.tick(1200)
      t.true(await isSettled(second), 'the first one is gone')
      const { memberId, generation } = await second
      t.deepEqual(
        groups
          .group('g')!
          .describe()
          .map(({ id }) => id),
        [memberId],
      )
      await groups.sync('g', memberId, generation, new Map())
      const third = groups.join('g', joining())
      t.false(await isSettled(third))
      groups.leave('g', memberId)
      t.true(await isSettled(third), 'the second one is gone')
      groups.leave('g', (await third).memberId)
      t.deepEqual(groups.groupIds(), ['g'])
      mock.timers.tick(100)
      t.deepEqual(groups.groupIds(), [])
      await groups.join('h', joining())
      groups.close()
      mock.timers.tick(60_000)
      t.is(groups.group('h')!.describe().length, 1, 'nobody looks after groups of a broker that is closed')
    } finally {
      groups.close()
      mock.timers.reset()
    }
  },
)

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-waits-'))
  await body(folder).finally(() => rm(folder, { recursive: true, force: true }))
}

test.serial('a broker has a thousand connections at most, and leaves no port and no lock when it cannot start', (t) =>
  withFolder(async (folder) => {
    const servers: Server[] = []
    const listen = Server.prototype.listen
    t.teardown(() => Object.assign(Server.prototype, { listen }))
    Object.assign(Server.prototype, {
      listen(this: Server, ...args: Parameters<typeof listen>): Server {
        servers.push(this)
        return listen.apply(this, args)
      },
    })
    const inTheWay = join(folder, 'committed-offsets.jsonl')
    await mkdir(inTheWay)
    await t.throwsAsync(startBroker({ directory: folder, port: 0 }), { message: /^\[FAILED_WRITE_FILE\]/ })
    t.deepEqual(
      servers.map(({ listening }) => listening),
      [false],
    )
    await rmdir(inTheWay)
    const broker = await startBroker({ directory: folder, port: 0 })
    t.is(servers[1]!.maxConnections, 1000)
    await broker.close()
  }),
)

test.serial('ids of producers are noted before they are given, so that a start behind a crash gives others', (t) =>
  withFolder(async (folder) => {
    const kept = await openDirectory(folder)
    const noted = async (): Promise<bigint> => BigInt(await readFile(join(folder, 'producer-ids'), 'utf8'))
    for (let i = 0; i < 1001; i++) {
      const id = await kept.nextProducerId()
      if (i % 250 === 0) t.true((await noted()) > id, `${id}`)
    }
    const path = join(folder, 'producer-ids')
    await rm(path)
    await mkdir(path)
    const taken = Array.from({ length: 999 }, () => kept.nextProducerId())
    await Promise.all(taken)
    await t.throwsAsync(kept.nextProducerId(), { code: 'EISDIR' })
    await rmdir(path)
    t.is(typeof (await kept.nextProducerId()), 'bigint', 'one that could not be noted does not hinder the next one')
    await kept.close()
  }),
)
