import { once } from 'node:events'
import { connect } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { Fleet } from '../../driver/launch/fleet.js'
import type { DriverDoor, LaunchEvent, Launcher, LaunchPlan } from '../../driver/launch/launcher.js'
import { DriverConnection } from '../../executor/server/driver-connection.js'
import type { ExecutorConnection } from '../../proto/protocol.js'
import { launchContext, until } from '../support/fake-cluster.js'

/** Notes what it is asked for, and tells what the test wants. */
class FakeLauncher implements Launcher {
  readonly requested: number[] = []
  readonly released: string[] = []
  readonly decommissioned: string[] = []
  tell: (event: LaunchEvent) => void = () => undefined
  readonly #atFirst: readonly string[]

  /** @param atFirst the executors that it starts when it is asked the first time */
  constructor(atFirst: readonly string[]) {
    this.#atFirst = atFirst
  }

  watch(watcher: (event: LaunchEvent) => void): void {
    this.tell = watcher
  }

  async request(executors: number): Promise<void> {
    if (this.requested.length === 0) for (const executorId of this.#atFirst) this.tell({ kind: 'started', executorId })
    this.requested.push(executors)
  }

  notStarted(): MillraceError {
    return new MillraceError('LOCAL_CLUSTER_FAILED', { reason: 'nobody came' })
  }

  release(executorId: string): void {
    this.released.push(executorId)
  }

  async decommission(executorId: string): Promise<void> {
    this.decommissioned.push(executorId)
  }

  async close(): Promise<void> {}
}

const MEMORY = { limitBytes: 1, heldBytes: 0, storedBytes: 0, residentBytes: 0 }

/** A fleet whose executors are connections that a test opens. */
class Members {
  readonly launcher: FakeLauncher
  readonly connections = new Map<string, ExecutorConnection>()
  readonly disconnected: string[] = []
  readonly #t: ExecutionContext
  #door: DriverDoor | undefined

  constructor(t: ExecutionContext, ...atFirst: readonly string[]) {
    this.#t = t
    this.launcher = new FakeLauncher(atFirst)
  }

  async start({ stopGraceMs = 60_000, initialExecutors = 2 } = {}, context = launchContext({})): Promise<Fleet> {
    const plan: LaunchPlan = {
      ...{ place: 'other processes', expectedSlots: 2, executors: () => 2, startTimeoutMs: () => 60_000 },
      room: () => ({ mostExecutors: 2, slots: 1, firstExecutors: 0 }),
      door: async () => ({ host: '127.0.0.1', secret: 'the secret of these executors' }),
      launcher: async (_, door) => {
        this.#door = door
        return this.launcher
      },
    }
    const driver = {
      connect: (executorId: string, _: number, connection: ExecutorConnection) =>
        void this.connections.set(executorId, connection),
      receive: () => undefined,
      localBlocks: { get: () => [], find: () => [] },
      disconnected: (executorId: string) => void this.disconnected.push(executorId),
    }
    const fleet = await Fleet.start({ plan, driver, context, stopGraceMs, initialExecutors })
    this.#t.teardown(() => fleet.close())
    return fleet
  }

  /** Where executors come in. */
  get port(): number {
    return Number(this.#door!.address.split(':').at(-1))
  }

  async join(executorId: string, previousId = ''): Promise<void> {
    await until(() => this.#door !== undefined)
    const connection = await DriverConnection.open(
      {
        ...{
          ...this.#door!,
          executorId,
          previousId,
          slots: 1,
          blockAddress: '127.0.0.1:1',
          heartbeatIntervalMs: 60_000,
        },
        ...{ memory: () => MEMORY, connectTimeoutMs: 60_000, onMessage: () => undefined, onLost: () => undefined },
      },
      new AbortController().signal,
    )
    this.#t.teardown(() => connection.close())
    await until(() => this.connections.has(executorId))
  }

  /** The driver is done with an executor. */
  dismiss(executorId: string): void {
    this.connections.get(executorId)!.close()
  }
}

test('a fleet has started when all executors that were asked for first have come', async (t) => {
  const members = new Members(t, 'a', 'b')
  let hasStarted = false
  const started = members.start().then(() => {
    hasStarted = true
  })
  await members.join('a')
  for (let i = 0; i < 10; i++) await new Promise(setImmediate)
  t.false(hasStarted)
  await members.join('b')
  await started
  t.deepEqual(members.launcher.requested, [2])
})

test('a fleet that begins with none is there at once', async (t) => {
  const members = new Members(t)
  await members.start({ initialExecutors: 0 })
  t.deepEqual(members.launcher.requested, [0])
})

test('an executor that came back is known by its new id, whatever its launcher tells again', async (t) => {
  const members = new Members(t, 'a')
  const [fleet] = await Promise.all([members.start(), members.join('a')])
  await members.join('a.2', 'a')
  members.launcher.tell({ kind: 'started', executorId: 'a' })
  t.deepEqual([fleet.started('a'), fleet.started('a.2'), fleet.started('another')], [false, true, false])
  members.launcher.tell({ kind: 'ended', executorId: 'a', reason: 'r' })
  t.is(members.disconnected.at(-1), 'a.2')
  t.false(fleet.started('a.2'))
})

test('one that the driver is done with is ended after a while, unless it comes back or ends by itself', async (t) => {
  // It may take long to come back on a busy machine: then it is tried again with more time.
  for (let stopGraceMs = 100; stopGraceMs < 600_000; stopGraceMs *= 4) {
    const members = new Members(t, 'a', 'b', 'c')
    const { released } = members.launcher
    await Promise.all([members.start({ stopGraceMs }), ...['a', 'b', 'c'].map((id) => members.join(id))])
    members.dismiss('c')
    members.launcher.tell({ kind: 'ended', executorId: 'c', reason: 'r' })
    members.dismiss('a')
    await members.join('a.2', 'a')
    if (released.length > 0) continue
    members.dismiss('b')
    // The time of the first is over before that of the second.
    await until(() => released.length > 0)
    t.deepEqual(released, ['b'])
    return
  }
  t.fail('none came back in time')
})

test('a fleet that has ended lets nobody in', async (t) => {
  const members = new Members(t, 'a')
  const [fleet] = await Promise.all([members.start(), members.join('a')])
  const { port } = members
  t.is(await reached(port), 'connected')
  members.dismiss('a')
  await fleet.close()
  t.is(await reached(port), 'ECONNREFUSED')
})

/** What becomes of a connection to a port of this machine. */
async function reached(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return 'connected'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    socket.destroy()
  }
}

test('in the place of one that retires none comes, and until it is gone there is one more', async (t) => {
  const members = new Members(t, 'a', 'b', 'c')
  const joined = ['a', 'b', 'c'].map((id) => members.join(id))
  const [fleet] = await Promise.all([members.start({ stopGraceMs: 1 }), ...joined])
  const { launcher } = members
  fleet.retire('a')
  fleet.retire('another')
  fleet.request(1)
  t.deepEqual(launcher.requested, [2, 2])
  members.dismiss('a')
  t.deepEqual([launcher.decommissioned, launcher.requested], [['a'], [2, 2, 1]])
  fleet.retire('b')
  fleet.request(1)
  launcher.tell({ kind: 'ended', executorId: 'b', reason: 'r' })
  t.deepEqual(launcher.requested, [2, 2, 1, 2, 1])
  members.dismiss('c')
  await until(() => launcher.released.length > 0)
  t.deepEqual(launcher.released, ['c'])
})

test('that none is started any more is an error of the start, and later one in the log', async (t) => {
  const error = new MillraceError('LOCAL_CLUSTER_FAILED', { reason: 'there is no room' })
  const early = new Members(t, 'a')
  const refused = t.throwsAsync(early.start(), { message: /there is no room/ })
  await until(() => early.launcher.requested.length > 0)
  early.launcher.tell({ kind: 'failed', error })
  await refused
  t.deepEqual(early.launcher.decommissioned, ['a'])
  const logged: unknown[] = []
  const context = launchContext({})
  const logger = Object.assign(Object.create(context.logger), {
    error: ({ err }: { readonly err: unknown }) => logged.push(err),
  })
  const late = new Members(t, 'a')
  await Promise.all([late.start({}, { ...context, logger }), late.join('a')])
  late.launcher.tell({ kind: 'failed', error })
  t.deepEqual(logged, [error])
})
