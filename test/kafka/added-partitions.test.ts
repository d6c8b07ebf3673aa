import test from 'ava'
import { withFakeTopic } from '../support/fake-topic.js'

test('a batch that is run again reads an added partition from where it began then, or tells what was lost', async (t) => {
  await withFakeTopic(t, true, async ({ fake, open, read }) => {
    const stream = await open({ failOnDataLoss: 'true' })
    const before = await stream.latestOffset(await stream.initialOffset(), false)
    const added = { epoch: 0, start: 0n, values: ['x', 'y', 'z'] }
    fake.topics.get('events')!.partitions.push(added)
    const until = await stream.latestOffset(before, false)
    t.deepEqual(await read(await open({ failOnDataLoss: 'true' }), before, until), ['x', 'y', 'z'])
    Object.assign(added, { start: 2n, values: ['z'] })
    t.like(await t.throwsAsync(async () => (await open({ failOnDataLoss: 'true' })).planSplits(before, until, [], 2)), {
      condition: 'KAFKA_DATA_LOSS',
      parameters: { topic: 'events', partition: '1' },
    })
    t.deepEqual(await read(await open({ failOnDataLoss: 'false' }), before, until), ['z'])
  })
})

test('where an added partition began is kept while it has nothing to read, and not longer', async (t) => {
  await withFakeTopic(t, true, async ({ fake, open, read }) => {
    const stream = await open({ failOnDataLoss: 'true' })
    const before = await stream.latestOffset(await stream.initialOffset(), false)
    const added = { epoch: 0, start: 0n, values: [] as string[] }
    fake.topics.get('events')!.partitions.push(added)
    const found = await stream.latestOffset(before, false)
    t.deepEqual(await stream.latestOffset(found, false), found)
    added.values.push('x')
    const moved = await stream.latestOffset(found, false)
    t.deepEqual(await read(stream, found, moved), ['x'])
    t.deepEqual(Object.keys(moved as object), ['events', '#topics'])
  })
})
