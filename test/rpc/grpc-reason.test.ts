import test from 'ava'
import { Channel } from '../../proto/rpc/channel.js'
import { grpcReason } from '../../proto/rpc/grpc-reason.js'
import { CLUSTER_SERVICE } from '../../proto/rpc/services.js'
import { SECRET } from './support.js'

test('why a connection could not be made is told as the system says it', async (t) => {
  const channel = new Channel('127.0.0.1:1', { secret: SECRET, tls: undefined }, 'control')
  const call = channel.stream(CLUSTER_SERVICE)
  const error = await new Promise<unknown>((resolve) => call.once('error', resolve))
  channel.close()
  t.is(grpcReason(error), 'connect ECONNREFUSED 127.0.0.1:1')
})

test('a name that nobody knows is told as that', async (t) => {
  // Names under it are never known; one that is too long is not even asked for.
  const target = `${'x'.repeat(64)}.invalid:1`
  const channel = new Channel(target, { secret: SECRET, tls: undefined }, 'control')
  const call = channel.stream(CLUSTER_SERVICE)
  const error = await new Promise<unknown>((resolve) => call.once('error', resolve))
  channel.close()
  t.is(grpcReason(error), `the name of ${target} is not known here`)
})

test('whatever else ended a call is told in the words of gRPC', (t) => {
  t.is(grpcReason(Object.assign(new Error('13 INTERNAL: broken'), { details: 'broken' })), 'broken')
  t.is(grpcReason(new Error('without details')), 'without details')
})
