import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { runCli } from '../support/cli.js'
import { withStreamPlace } from '../support/streams.js'

const API = fileURLToPath(new URL('../../bundle/api/index.js', import.meta.url))

/** A program that counts by key, and whatever else it is told. */
const program = (
  servers: string,
  checkpoint: string,
  key: string,
  partitions: number,
  ...more: readonly string[]
): string => `
import { Session, functions as F, col } from ${JSON.stringify(API)}
const session = await Session.builder().master('local[2]').config('shuffle.partitions', ${partitions}).getOrCreate()
const rows = session.readStream.format('kafka').option('kafka.bootstrap.servers', ${JSON.stringify(servers)})
  .option('subscribe', 'events').option('startingOffsets', 'earliest').load().select(col('value').cast('string').as('value'), 'partition')
const query = await rows.groupBy(${JSON.stringify(key)}).agg(${['F.count()', ...more].join(', ')}).writeStream
  .format('console').outputMode('complete').option('checkpointLocation', ${JSON.stringify(checkpoint)}).trigger({ availableNow: true }).start()
await query.awaitTermination()
await session.stop()
`

test('a changed program is checked against a checkpoint from the command line, and starts nothing', (t) =>
  withStreamPlace(async ({ servers, directory, send }) => {
    t.timeout(120_000)
    await send('events', ['a', 'b', 'a'])
    const [checkpoint, file] = [join(directory, 'checkpoint'), join(directory, 'job.mjs')]
    const check = async (source: string, location = checkpoint) => {
      await writeFile(file, source)
      const { code, text: output, err } = await runCli(['streams', 'check', location, file])
      return [code, output, err]
    }
    const plain = program(servers, checkpoint, 'value', 2)
    t.deepEqual(await check(plain), [0, 'sources\tnew\t\noperator 0 stateStoreSave\tnew\t\n', ''])
    const { code, text: output } = await runCli(['run', file])
    t.is(code, 0)
    t.true(output.includes('Batch: 0'))
    t.deepEqual(await check(plain), [0, 'sources\tkept\t\noperator 0 stateStoreSave\tkept\t\n', ''])
    const changes = 'max(partition) is added, from now on; divided into 2 partitions, now 3'
    const migrated = `sources\tkept\t\noperator 0 stateStoreSave\tmigrated\t${changes}\n`
    t.deepEqual(await check(program(servers, checkpoint, 'value', 3, "F.max('partition')")), [0, migrated, ''])
    const [status, lost, err] = await check(program(servers, checkpoint, 'partition', 2))
    t.deepEqual([status, err], [1, ''])
    t.regex(String(lost), /\noperator 0 stateStoreSave\tlost\tits keys were \[value: .*\], now \[partition: .*\]\n$/)
    const [other, nothing, told] = await check(plain, join(directory, 'elsewhere'))
    t.deepEqual([other, nothing], [1, ''])
    t.regex(String(told), /^\[INVALID_API_USE\].*starts no stream with the checkpoint .*elsewhere.*\n$/)
    const missing = await runCli(['streams', 'check', checkpoint, join(directory, 'nowhere.mjs')])
    t.is(missing.code, 1)
    t.regex(missing.err, /^\[PATH_NOT_FOUND\].*nowhere\.mjs.*\n$/)
    t.is((await runCli(['streams', 'check', checkpoint])).code, 2)
  }))
