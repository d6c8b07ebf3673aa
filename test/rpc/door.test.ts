import test from 'ava'
import { MAX_STRANGERS } from '../../proto/rpc/limits.js'
import { until } from '../support/fake-cluster.js'
import { blockOf } from '../support/fake-task.js'
import { fetched, messagePrefix, rawCall, SECRET, silentSocket, withServer } from './support.js'

const PATHS = ['/millrace.Control/Connect', '/millrace.Data/Fetch']
const HUGE = 800 * 1024 ** 2
const UNAUTHENTICATED = '16'
const RESOURCE_EXHAUSTED = '8'
const DEADLINE_EXCEEDED = '4'
const UNIMPLEMENTED = '12'

const serve = async function* () {
  yield blockOf([1n])
}

test('a call without the secret is refused at its headers, and its connection is closed whatever it still sends', async (t) => {
  await withServer(serve, async ({ address }) => {
    for (const path of PATHS) {
      for (const secret of [undefined, 'wrong', '']) {
        const call = rawCall(address, path, secret)
        t.is(await call.status, UNAUTHENTICATED)
        const chunk = Buffer.alloc(1024)
        call.stream.write(messagePrefix(HUGE))
        const writing = setInterval(() => call.stream.write(chunk), 1)
        await call.closed
        clearInterval(writing)
      }
    }
  })
})

test('nothing of the request of a call without the secret is taken in', async (t) => {
  await withServer(serve, async (server) => {
    const before = process.memoryUsage().arrayBuffers
    const calls = PATHS.flatMap((path) => [
      rawCall(server.address, path, 'wrong'),
      rawCall(server.address, path, undefined),
    ])
    const chunk = Buffer.alloc(1024 ** 2)
    for (const { stream } of calls) {
      stream.write(messagePrefix(HUGE))
      for (let i = 0; i < 32; i++) stream.write(chunk)
    }
    await Promise.all(calls.map(({ closed }) => closed))
    t.true(process.memoryUsage().arrayBuffers - before < 64 * 1024 ** 2)
    await until(() => server.strangers === 0)
  })
})

test('a request with the secret that is too large is refused at its prefix', async (t) => {
  await withServer(serve, async ({ address }) => {
    const call = rawCall(address, '/millrace.Data/Fetch', SECRET)
    call.stream.write(messagePrefix(HUGE))
    t.is(await call.status, RESOURCE_EXHAUSTED)
    call.session.destroy()
  })
})

test('a request with the secret that never ends is given up', async (t) => {
  await withServer(
    serve,
    async ({ address }) => {
      for (const path of PATHS) {
        const call = rawCall(address, path, SECRET)
        call.stream.write(messagePrefix(100))
        t.is(await call.status, DEADLINE_EXCEEDED)
        call.session.destroy()
      }
    },
    { requestMs: 500 },
  )
})

test('connections that say nothing are closed after a while, and those with the secret are not', async (t) => {
  await withServer(
    serve,
    async ({ address }, clients) => {
      t.is((await fetched(clients, address)).length, 1)
      const silent = await Promise.all(Array.from({ length: 20 }, () => silentSocket(address)))
      await Promise.all(silent.map(({ closed }) => closed))
      t.is((await fetched(clients, address)).length, 1)
    },
    { strangerMs: 2_000 },
  )
})

test('calls of methods that are not there do not make a connection known', async (t) => {
  await withServer(
    serve,
    async ({ address }) => {
      const call = rawCall(address, '/millrace.Data/Nothing', SECRET)
      t.is(await call.status, UNIMPLEMENTED)
      await call.closed
    },
    { strangerMs: 2_000 },
  )
})

test('of many connections that say nothing the oldest go, and whoever has the secret still comes in', async (t) => {
  await withServer(serve, async (server, clients) => {
    const first = await silentSocket(server.address)
    const others = await Promise.all(Array.from({ length: 5 * MAX_STRANGERS }, () => silentSocket(server.address)))
    await first.closed
    t.is((await fetched(clients, server.address)).length, 1)
    t.true(server.strangers <= MAX_STRANGERS)
    for (const { socket } of others) socket.destroy()
  })
})
