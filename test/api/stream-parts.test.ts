import { resolve } from 'node:path'
import test from 'ava'
import type { StreamRequest } from '../../api/engine/engine.js'
import { StreamStarts } from '../../api/engine/stream-starts.js'
import { ActiveStreams } from '../../api/stream/active-streams.js'
import { checkpointLocationOf } from '../../api/stream/checkpoint-location.js'
import { StartedStream } from '../../api/stream/started-stream.js'
import { streamTrigger } from '../../api/stream/stream-trigger.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { createLogger } from '../../common/log.js'
import { EventBus } from '../../driver/events/event-bus.js'
import type { StreamRunner } from '../../driver/index.js'

const LOGGER = createLogger('streams', 'silent')
const PLAN = { kind: 'oneRow' } as const
const REQUEST = {
  ...{ sink: { format: 'console', options: {}, path: undefined }, outputMode: 'append' },
  ...{ trigger: { once: true }, queryName: 'q', checkpointLocation: undefined },
} as unknown as StreamRequest

test('a name and a checkpoint are those of one stream until it gives them back, however the folder is written', (t) => {
  const streams = new ActiveStreams(new EventBus(LOGGER))
  const release = streams.reserve('q', '/tmp/c')
  t.throws(() => streams.reserve('q', undefined), { message: /the name q/ })
  t.throws(() => streams.reserve(undefined, '/tmp/x/../c'), { message: /the checkpoint/ })
  // What is refused takes nothing.
  t.throws(() => streams.reserve('other', resolve('/tmp/c')), { message: /the checkpoint/ })
  t.notThrows(() => streams.reserve('other', '/tmp/d'))
  t.notThrows(() => streams.reserve(undefined, undefined))
  release()
  t.notThrows(() => streams.reserve('q', '/tmp/c'))
})

test('a stream that could not start leaves its name to others, and none of its plan', async (t) => {
  const starts = new StreamStarts(new ActiveStreams(new EventBus(LOGGER)))
  const fail = async (): Promise<never> => {
    throw new MillraceError('INTERNAL_ERROR', { message: 'it is not planned' })
  }
  for (let times = 0; times < 2; times++)
    await t.throwsAsync(starts.start(PLAN, REQUEST, fail), { message: /it is not planned/ })
  t.is(starts.plans.size, 0)
})

test('a checkpoint is where the stream says, or in a folder of its own where the session says', (t) => {
  const of = (checkpointLocation: string | undefined, root: string): string | undefined =>
    checkpointLocationOf({ ...REQUEST, checkpointLocation }, root)
  t.is(of('/a', '/root'), '/a')
  t.is(of('', '/root'), '/root/q')
  t.is(of(undefined, '/root'), '/root/q')
  t.is(of('', ''), undefined)
})

test('a stream does something while it asks for offsets and while it has data, which is there in the second case', (t) => {
  const statusIn = (phase: string) =>
    new StartedStream({ query: { phase } } as unknown as StreamRunner, undefined).status
  t.like(statusIn('Getting offsets'), { isTriggerActive: true, isDataAvailable: false })
  t.like(statusIn('Processing new data'), { isTriggerActive: true, isDataAvailable: true })
  t.like(statusIn('Waiting for next trigger'), { isTriggerActive: false, isDataAvailable: false })
})

test('a time between triggers is none that is negative', (t) => {
  t.deepEqual(streamTrigger({ processingTime: '0 seconds' }), { kind: 'processingTime', intervalMs: 0 })
  t.deepEqual(streamTrigger({ processingTime: '2 seconds' }), { kind: 'processingTime', intervalMs: 2000 })
  for (const processingTime of ['-1 seconds', 'soon'])
    t.throws(() => streamTrigger({ processingTime }), { message: /INVALID_INTERVAL_FORMAT/ })
})
