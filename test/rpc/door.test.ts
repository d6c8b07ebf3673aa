import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { MAX_STRANGERS } from '../../proto/rpc/limits.js'
import { until } from '../support/fake-cluster.js'
import { blockOf } from '../support/fake-task.js'
import { fetched, messagePrefix, rawCall, silentSocket, withServer } from './support.js'

const PATHS = ['/millrace.Control/Connect', '/millrace.Data/Fetch']
const HUGE = 800 * 1024 ** 2
const RESOURCE_EXHAUSTED = '8'
const DEADLINE_EXCEEDED = '4'
const UNIMPLEMENTED = '12'

const serve = async function* () {
  yield blockOf([1n])
}

/** The bytes of buffers that something refers to. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().arrayBuffers
}

// Alone: what others of this file hold would count, too.
test.serial(
  'what strangers send beyond a hello is not taken in, and their connections are closed whatever they still send',
  async (t) => {
    await withServer(serve, async (server) => {
      const before = heldBytes()
      const strangers = await Promise.all(Array.from({ length: 4 }, () => silentSocket(server.address)))
      const chunk = Buffer.alloc(1024 ** 2, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
      for (const { socket } of strangers) for (let i = 0; i < 32; i++) socket.write(chunk)
      let [most, areClosed] = [0, false]
      void Promise.all(strangers.map(({ closed }) => closed)).then(() => {
        areClosed = true
      })
      await until(() => {
        most = Math.max(most, heldBytes() - before)
        return areClosed
      })
      t.true(most < 64 * 1024 ** 2, `${most} bytes were held`)
      await until(() => server.strangers === 0)
    })
  },
)

test('a request that is too large is refused at its prefix', async (t) => {
  await withServer(serve, async ({ address }) => {
    const call = await rawCall(address, '/millrace.Data/Fetch')
    call.stream.write(messagePrefix(HUGE))
    t.is(await call.status, RESOURCE_EXHAUSTED)
    call.session.destroy()
  })
})

test('a request that never ends is given up', async (t) => {
  await withServer(
    serve,
    async ({ address }) => {
      for (const path of PATHS) {
        const call = await rawCall(address, path)
        call.stream.write(messagePrefix(100))
        t.is(await call.status, DEADLINE_EXCEEDED)
        call.session.destroy()
      }
    },
    { requestMs: 500 },
  )
})

test('a method that is not there is told as such', async (t) => {
  await withServer(serve, async ({ address }) => {
    const call = await rawCall(address, '/millrace.Data/Nothing')
    t.is(await call.status, UNIMPLEMENTED)
    call.session.destroy()
  })
})

const MOST_TRIES = 30

/** How many blocks came. A loaded machine may take longer for a handshake than the server waits for one. */
async function admitted(fetch: () => Promise<readonly unknown[]>): Promise<number> {
  for (let tries = 1; ; tries++)
    try {
      return (await fetch()).length
    } catch (error) {
      if (tries === MOST_TRIES) throw error
    }
}

test('connections that say nothing, or only a part of a hello, are closed after a while, and those with the secret are not', async (t) => {
  await withServer(
    serve,
    async ({ address }, clients) => {
      t.is(await admitted(() => fetched(clients, address)), 1)
      const silent = await Promise.all(Array.from({ length: 20 }, () => silentSocket(address)))
      for (const [i, { socket }] of silent.entries()) socket.write('MILLRACE'.slice(0, i % 9))
      await Promise.all(silent.map(({ closed }) => closed))
      t.true(silent.every(({ heard }) => heard().length === 0))
      t.is((await fetched(clients, address)).length, 1)
    },
    { strangerMs: 2_000 },
  )
})

// These two fill the process with sockets: alone, each is done in seconds.
test.serial(
  'of many connections that say nothing the oldest go, and whoever has the secret still comes in',
  async (t) => {
    await withServer(serve, async (server, clients) => {
      const first = await silentSocket(server.address)
      const others = await Promise.all(Array.from({ length: 5 * MAX_STRANGERS }, () => silentSocket(server.address)))
      await first.closed
      t.is((await fetched(clients, server.address)).length, 1)
      t.true(server.strangers <= MAX_STRANGERS)
      for (const { socket } of others) socket.destroy()
    })
  },
)

test.serial('a flood of connections from one address does not close those of others', async (t) => {
  await withServer(
    serve,
    async (server) => {
      const slow = await silentSocket(server.address, '127.0.0.2')
      let isClosed = false
      void slow.closed.then(() => {
        isClosed = true
      })
      const flood = await Promise.all(Array.from({ length: 3 * MAX_STRANGERS }, () => silentSocket(server.address)))
      await flood[0]!.closed
      await until(() => server.strangers === MAX_STRANGERS)
      t.false(isClosed)
      for (const { socket } of [slow, ...flood]) socket.destroy()
    },
    { host: '0.0.0.0' },
  )
})
