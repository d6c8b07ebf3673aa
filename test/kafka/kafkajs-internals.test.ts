import { createRequire } from 'node:module'
import test from 'ava'
import {
  type Connection,
  connectionError,
  createCluster,
  KAFKAJS_VERSION,
  protocolError,
  rawRequest,
} from '../../connectors/kafka/client/kafkajs-internals.js'

const require = createRequire(import.meta.url)

test('kafkajs is the version whose internals we use, and they are where we take them from', async (t) => {
  const { version } = require('kafkajs/package.json') as { version: string }
  const { devDependencies } = require('../../../package.json') as { devDependencies: Record<string, string> }
  t.is(version, KAFKAJS_VERSION)
  t.is(devDependencies['kafkajs'], KAFKAJS_VERSION)
  const request = rawRequest({ apiKey: 1, apiVersion: 11, apiName: 'Fetch' }, Buffer.from('abc'))
  const encoded = (await request.encode()) as unknown as { buffer: Buffer }
  t.is(encoded.buffer.toString(), 'abc')
  t.is(connectionError('broken', 'a:1').name, 'KafkaJSConnectionError')
  t.is(protocolError(6).type, 'NOT_LEADER_FOR_PARTITION')
  const opened: (() => Connection)[] = []
  const about = {
    brokers: ['127.0.0.1:1'],
    clientId: 'c',
    connectionTimeout: 100,
    authenticationTimeout: 100,
    requestTimeout: 100,
    metadataMaxAge: 0,
    allowAutoTopicCreation: false,
    retry: { retries: 0, initialRetryTime: 1, maxRetryTime: 1 },
  }
  const metadata = { brokers: [], clusterId: null, controllerId: 1, topicMetadata: [] }
  const parts = {
    adaptPool: (_: unknown, open: () => Connection) => void opened.push(open),
    metadata: () => Promise.resolve(metadata),
    sorted: <T>(brokers: T) => brokers,
  }
  const cluster = createCluster(about, parts)
  t.deepEqual(cluster.brokerPool.brokers, {})
  for (const method of ['connect', 'disconnect', 'findBroker'] as const) {
    t.is(typeof cluster[method], 'function')
  }
  const { pool } = await cluster.connectionPoolBuilder.build({ host: '127.0.0.1', port: 1 })
  t.is(pool.length, 2)
  for (const connection of [...pool, opened[0]!()]) {
    const { requestQueue } = connection
    t.is(requestQueue.pending.length, 0)
    t.is(requestQueue.inflight.size, 0)
    for (const method of ['rejectAll', 'fulfillRequest', 'maybeThrottle', 'scheduleCheckPendingRequests'] as const) {
      t.is(typeof requestQueue[method], 'function')
    }
    for (const method of ['connect', 'disconnect', 'send', 'processData', 'setVersions'] as const) {
      t.is(typeof connection[method], 'function')
    }
    t.deepEqual(connection.chunks, [])
    t.false(connection.isConnected())
  }
  const broker = cluster.brokerPool.createBroker({
    connectionPool: { host: 'a', port: 1 },
    logger: { namespace: () => 0 },
  })
  t.is(await broker.metadata([]), metadata)
  t.is(typeof broker.findGroupCoordinator, 'function')
  t.is(typeof cluster.brokerPool.refreshMetadata, 'function')
  t.is(typeof cluster.brokerPool.findConnectedBroker, 'function')
})
