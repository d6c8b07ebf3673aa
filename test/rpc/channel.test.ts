import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { mock } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { ServiceError } from '@grpc/grpc-js'
import test from 'ava'
import { Channel } from '../../proto/rpc/channel.js'
import { RpcServer } from '../../proto/rpc/server.js'
import { CONTROL_SERVICE } from '../../proto/rpc/services.js'
import { until } from '../support/fake-cluster.js'
import { Network } from '../support/network.js'
import { raised } from '../support/raised.js'
import { SECRET } from './support.js'

const PLACE = '127.0.0.1'

const listening = (secret: string, onCall: () => void = () => undefined): Promise<RpcServer> =>
  RpcServer.listen({ host: PLACE, port: 0, secret, connected: (call) => void call.resume().once('data', onCall) })

const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length

test.serial(
  'a connection over which nothing comes through any more is let go when its channel is closed',
  async (t) => {
    // gRPC alone lets go of it when it next looks for channels that nobody uses, which it never does here.
    mock.timers.enable({ apis: ['setInterval'] })
    t.teardown(() => mock.timers.reset())
    t.timeout(60_000)
    let isHeard = false
    const server = await listening(SECRET, () => {
      isHeard = true
    })
    const network = await Network.start()
    const relay = await network.relay('elsewhere', server.address)
    const channel = new Channel(relay, { secret: SECRET }, 'control')
    const call = channel.stream(CONTROL_SERVICE)
    call.on('error', () => undefined).resume()
    call.write(Buffer.from('something'))
    await until(() => isHeard)
    network.separate('elsewhere')
    // More than is sent before the other side has read some of it.
    call.end(Buffer.alloc(8 * 1024 ** 2))
    const before = sockets()
    channel.close()
    await until(() => sockets() < before)
    network.close()
    await server.close(0)
    t.pass()
  },
)

/** How a call ends. */
const endOf = async (channel: Channel): Promise<ServiceError> => {
  const call = channel.stream(CONTROL_SERVICE)
  call.resume()
  const [error] = (await once(call, 'error')) as [ServiceError]
  return error
}

test.serial(
  'a refusal is told of the calls that it ended, and not of those that fail later because nobody is there',
  async (t) => {
    const server = await listening('another')
    const { address } = server
    const channel = new Channel(address, { secret: SECRET }, 'control')
    t.teardown(() => channel.close())
    const refused = await endOf(channel)
    t.is(channel.conditionOf(refused)?.condition, 'SECRET_MISMATCH')
    await server.close(0)
    let last = await endOf(channel)
    // Until the next attempt of a connection, it is the reason still.
    while (channel.conditionOf(last)) last = await endOf(channel)
    t.regex(last.details, /ECONNREFUSED/)
  },
)

test.serial('a refusal that came before anybody waits is told at once', async (t) => {
  const server = await listening('another')
  const channel = new Channel(server.address, { secret: SECRET }, 'control')
  t.teardown(() => channel.close())
  await endOf(channel)
  // As long as no further attempt takes: what is not remembered would be no refusal.
  await raised(t, channel.becomesReady(0), 'SECRET_MISMATCH')
  await server.close(0)
})

test.serial('a connection that is not answered is let go when its channel is closed', async (t) => {
  const silent = createServer((socket) => socket.on('error', () => undefined).resume())
  silent.listen(0, PLACE)
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const channel = new Channel(`${PLACE}:${(silent.address() as AddressInfo).port}`, { secret: SECRET }, 'control')
  const call = channel.stream(CONTROL_SERVICE)
  call.on('error', () => undefined).resume()
  const [socket] = (await once(silent, 'connection')) as [Socket]
  // Before the end of the moment in which others may say something yet, which never comes here.
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  channel.close()
  await once(socket, 'close')
  t.pass()
})

/** Listens in a thread that never takes a connection: the system answers the first ones, and drops what others send, as a firewall does. */
const SWALLOWING = `
  const server = require('node:net').createServer().listen({ host: '${PLACE}', port: 0, backlog: 1 }, () => {
    require('node:worker_threads').parentPort.postMessage(server.address().port)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`
/** More than the queue of such a listener has room for. */
const CALLERS = 8

const connecting = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'ConnectWrap').length

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip

onLinux('a connection that the other machine does not answer is given up when its channel is closed', async (t) => {
  t.timeout(60_000)
  const thread = new Worker(SWALLOWING, { eval: true })
  const [port] = (await once(thread, 'message')) as [number]
  const callers = Array.from({ length: CALLERS }, () => connect(port, PLACE))
  t.teardown(async () => {
    for (const caller of callers) caller.destroy()
    await thread.terminate()
  })
  await Promise.race(callers.map((caller) => once(caller, 'connect')))
  const others = (): number => callers.filter((caller) => caller.connecting).length
  await until(() => connecting() === others())
  const channel = new Channel(`${PLACE}:${port}`, { secret: SECRET }, 'control')
  const call = channel.stream(CONTROL_SERVICE)
  call.on('error', () => undefined).resume()
  await until(() => connecting() > others())
  channel.close()
  await until(() => connecting() === others())
  t.pass()
})
