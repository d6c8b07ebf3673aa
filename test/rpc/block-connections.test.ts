import { PassThrough } from 'node:stream'
import { type ServiceError, status } from '@grpc/grpc-js'
import test from 'ava'
import { encodeBlock } from '../../proto/block-codec.js'
import { BlockClients } from '../../proto/rpc/block-clients.js'
import { Channel } from '../../proto/rpc/channel.js'
import { blockOf } from '../support/fake-task.js'
import { raised } from '../support/raised.js'
import { request, SECRET } from './support.js'

const PLACE = '127.0.0.1:9'
const broken = (): ServiceError =>
  Object.assign(new Error('gone'), { code: status.UNAVAILABLE, details: 'gone' }) as ServiceError

/** A call of which the test decides what comes. */
class FakeCall extends PassThrough {
  constructor() {
    super({ objectMode: true })
  }

  cancel(): void {
    this.destroy()
  }
}

interface Calls {
  readonly clients: BlockClients
  readonly calls: { readonly call: FakeCall; readonly channel: Channel }[]
  readonly closed: Channel[]
}

/** Block clients whose calls reach nobody. */
const withoutNetwork = (t: { teardown(undo: () => void): void }, onCall: (call: FakeCall) => void): Calls => {
  const { fetch, close } = Channel.prototype
  const calls: Calls['calls'] = []
  const closed: Channel[] = []
  Object.assign(Channel.prototype, {
    fetch(this: Channel): FakeCall {
      const call = new FakeCall()
      calls.push({ call, channel: this })
      onCall(call)
      return call
    },
    close(this: Channel): void {
      closed.push(this)
      close.call(this)
    },
  })
  const clients = new BlockClients({ secret: SECRET })
  t.teardown(() => {
    clients.close()
    Object.assign(Channel.prototype, { fetch, close })
  })
  return { clients, calls, closed }
}

const blocks = (clients: BlockClients, signal = new AbortController().signal) =>
  clients.fetch(PLACE, request, signal)[Symbol.asyncIterator]()

test.serial('a connection that breaks whenever it is made is made three times, a new one each time', async (t) => {
  const { clients, calls, closed } = withoutNetwork(t, (call) => setImmediate(() => call.destroy(broken())))
  await raised(t, blocks(clients).next(), 'BLOCKS_UNAVAILABLE')
  t.is(calls.length, 3)
  t.deepEqual(
    closed,
    calls.map(({ channel }) => channel),
  )
  t.is(new Set(closed).size, 3)
})

test.serial('of a fetch that is cancelled before it begins nobody is asked', async (t) => {
  const { clients, calls } = withoutNetwork(t, () => undefined)
  await raised(t, blocks(clients, AbortSignal.abort()).next(), 'OPERATION_CANCELED')
  t.is(calls.length, 0)
})

test.serial('a fetch that is cancelled while it waits to connect anew asks nobody again', async (t) => {
  const abort = new AbortController()
  const { clients, calls } = withoutNetwork(t, (call) => {
    call.once('close', () => setImmediate(() => abort.abort()))
    setImmediate(() => call.destroy(broken()))
  })
  await raised(t, blocks(clients, abort.signal).next(), 'OPERATION_CANCELED')
  t.is(calls.length, 1)
})

test.serial('a broken connection is closed with the last of its calls, and none that took its place', async (t) => {
  const frame = encodeBlock(blockOf([1n]))
  const { clients, calls, closed } = withoutNetwork(t, (call) => call.write(frame))
  const [first, second] = [blocks(clients), blocks(clients)]
  await first.next()
  await second.next()
  const [one, other] = calls
  t.is(one!.channel, other!.channel, 'calls to one place share a connection')
  one!.call.destroy(broken())
  await raised(t, first.next(), 'BLOCKS_UNAVAILABLE')
  t.deepEqual(closed, [], 'the other call goes on')
  clients.forget(PLACE)
  const third = blocks(clients)
  await third.next()
  const { channel } = calls[2]!
  t.not(channel, one!.channel)
  await second.return(undefined)
  t.deepEqual(closed, [one!.channel])
  calls[2]!.call.destroy(broken())
  await raised(t, third.next(), 'BLOCKS_UNAVAILABLE')
  t.deepEqual(closed, [one!.channel, channel])
})
