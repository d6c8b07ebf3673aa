import { createRequire } from 'node:module'
import test from 'ava'
import {
  createCluster,
  fetchRequest,
  KAFKAJS_VERSION,
  produceRequest,
  protocolError,
} from '../../connectors/kafka/client/kafkajs-internals.js'

const require = createRequire(import.meta.url)

test('kafkajs is the version whose internals we use, and they are where we take them from', async (t) => {
  const { version } = require('kafkajs/package.json') as { version: string }
  const { dependencies } = require('../../../package.json') as { dependencies: Record<string, string> }
  t.is(version, KAFKAJS_VERSION)
  t.is(dependencies['kafkajs'], KAFKAJS_VERSION)
  const topics = [{ topic: 't', partitions: [{ partition: 1, fetchOffset: '7', maxBytes: 9 }] }]
  const fetch = fetchRequest({ replicaId: -1, maxWaitTime: 1, minBytes: 1, maxBytes: 2, isolationLevel: 0, topics })
  t.deepEqual([fetch.apiKey, fetch.apiVersion], [1, 11])
  const encoded = (await produceRequest(Buffer.from('abc')).encode()) as unknown as { buffer: Buffer }
  t.is(encoded.buffer.toString(), 'abc')
  t.is(protocolError(6).type, 'NOT_LEADER_FOR_PARTITION')
  const cluster = createCluster({
    brokers: ['127.0.0.1:1'],
    clientId: 'c',
    connectionTimeout: 100,
    authenticationTimeout: 100,
    requestTimeout: 100,
    metadataMaxAge: 0,
    allowAutoTopicCreation: false,
    retry: { retries: 0, initialRetryTime: 1, maxRetryTime: 1 },
  })
  t.deepEqual(cluster.brokerPool.brokers, {})
  for (const method of ['connect', 'disconnect', 'findBroker', 'findGroupCoordinator'] as const) {
    t.is(typeof cluster[method], 'function')
  }
  const { pool } = await cluster.connectionPoolBuilder.build({ host: '127.0.0.1', port: 1 })
  t.is(pool.length, 2)
  for (const { requestQueue } of pool) {
    t.is(requestQueue.pending.length, 0)
    t.is(typeof requestQueue.rejectAll, 'function')
  }
  t.is(typeof cluster.brokerPool.refreshMetadata, 'function')
  t.is(typeof cluster.brokerPool.findConnectedBroker, 'function')
})
