import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { Connections } from '../../driver/connections.js'
import { executorEvent } from '../../driver/executor-event.js'
import { readyPartition } from '../../driver/ready-partition.js'
import { streamingTaskInputs } from '../../driver/streaming-inputs.js'
import type { DriverMessage, ExecutorConnection, ExecutorMessage } from '../../proto/protocol.js'
import { raised } from '../support/raised.js'

/** A connection that tells what is done with it. */
function told(address: string) {
  const all: (DriverMessage['kind'] | 'closed')[] = []
  const connection: ExecutorConnection = {
    address,
    send: ({ kind }) => void all.push(kind),
    fetch: () => {
      throw new Error('nothing is fetched')
    },
    close: () => void all.push('closed'),
  }
  return { connection, all }
}

test('executors are told to encrypt their files before anything else, if they are to', (t) => {
  const protection = { keyBits: 128, stateKeys: [] } as const
  for (const isProtected of [true, false]) {
    const connections = new Connections(isProtected ? protection : undefined)
    const { connection, all } = told('h:1')
    connections.add('a', connection)
    connections.sendAll({ kind: 'releaseJob', jobId: 1 })
    t.deepEqual(all, [...(isProtected ? ['protectFiles'] : []), 'releaseJob'])
  }
})

test('an executor that is lost is not told to end, and nothing is said to one that is gone', (t) => {
  const connections = new Connections(undefined)
  const [lost, ended, last] = [told('h:1'), told('h:2'), told('h:3')]
  for (const [id, { connection }] of Object.entries({ lost, ended, last })) connections.add(id, connection)
  t.is(connections.addressOf('lost'), 'h:1')
  connections.close('lost', false)
  connections.close('ended', true)
  for (const id of ['lost', 'ended', 'nobody']) {
    connections.send(id, { kind: 'cancelTask', attemptId: 1 })
    connections.close(id, true)
    t.is(connections.addressOf(id), '')
  }
  connections.shutDown()
  t.deepEqual([lost.all, ended.all, last.all], [['closed'], ['shutdown', 'closed'], ['shutdown', 'closed']])
  t.is(connections.get('last'), undefined)
})

test('a result of no blocks that came along is there, and one that is held by nobody any more is lost by name', async (t) => {
  const { signal } = new AbortController()
  const blocks: Block[] = []
  const inlined = readyPartition(1, 'a', [], undefined)
  for await (const block of inlined.fetch(signal)) blocks.push(block)
  t.deepEqual(blocks, [])
  await raised(t, () => readyPartition(1, 'a', undefined, undefined).fetch(signal), 'EXECUTOR_LOST')
  const report = { rowsRead: 0, rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, elapsedMs: 0 }
  const ended: ExecutorMessage = { kind: 'taskSucceeded', attemptId: 1, report }
  t.like(executorEvent('a', { ...ended, blocks: [] }), { inlined: true })
  t.like(executorEvent('a', ended), { inlined: false })
})

test('a task gets the version of its own partition of each state of its stage, and none of what is empty', (t) => {
  const version = { file: 'f', digest: 'd' }
  const times = { lateMicros: 1n }
  const batch = {
    queryId: 'q',
    batchId: 3,
    timeMs: 5,
    epoch: 1,
    checkpointLocation: 'c',
    minBatchesToRetain: 2,
    stateKey: undefined,
  }
  const operators = { 0: { ...times, versions: [null, version] }, 1: { versions: [] }, 2: { versions: [version] } }
  const of = (partition: number) => streamingTaskInputs({ ...batch, operators }, [0, 1], partition)
  t.deepEqual(of(0), { ...batch, operators: { 0: times, 1: {} } })
  t.deepEqual(of(1).operators, { 0: { ...times, version }, 1: {} })
  t.deepEqual(streamingTaskInputs({ ...batch, operators }, [2], 0).operators, { 2: { version } })
})
