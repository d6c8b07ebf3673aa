import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { OffsetStore } from '../../connectors/kafka/broker/groups/offset-store.js'
import { OpenFiles } from '../../connectors/kafka/broker/log/open-files.js'
import { PartitionLog } from '../../connectors/kafka/broker/log/partition-log.js'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import { Random } from '../support/random.js'
import { recordBatch } from '../support/record-batches.js'
import { committedBatches } from '../support/transaction-parts.js'

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-log-'))
  await body(folder).finally(() => rm(folder, { recursive: true, force: true }))
}

const TRANSACTIONAL = 0x10
const admitAll = (): number => ERROR.none
const transactional = (value: string, producerId: bigint, baseSequence: number): Buffer =>
  recordBatch({ values: [value], producerId, producerEpoch: 0, baseSequence, attributes: TRANSACTIONAL })
const marker = (producerId: bigint, outcome: 'commit' | 'abort', producerEpoch = 0) =>
  ({ producerId, producerEpoch, outcome, timestampMs: 0n }) as const

/** A batch as a model of the log knows it; the outcome of its transaction is told with the marker. */
interface Written {
  readonly offset: bigint
  readonly value: string
  readonly producerId: bigint
  outcome: 'commit' | 'abort' | undefined
}

for (const seed of [11, 12, 13, 14]) {
  test(`readers of what is committed see exactly that, from wherever they read, also after restarts (seed ${seed})`, (t) =>
    withFolder(async (folder) => {
      const random = new Random(seed)
      const path = join(folder, 'events.log')
      const files = new OpenFiles(4)
      let log = await PartitionLog.open(files, path)
      const written: Written[] = []
      const sequences = new Map<bigint, number>()
      const check = async (): Promise<void> => {
        const open = written.find(({ outcome }) => outcome === undefined)
        t.is(log.lastStableOffset, open?.offset ?? log.endOffset)
        const from = BigInt(random.integer(0, Number(log.endOffset)))
        const maxBytes = random.pick([1, 200, 1000, 100_000, 1 << 30])
        const { seen, next } = await committedBatches(log, from, maxBytes)
        const expected = written
          .filter(({ offset, outcome }) => offset >= from && offset < next && outcome === 'commit')
          .map(({ offset, value }) => ({ offset, value }))
        t.deepEqual(seen, expected, `from ${from}, ${maxBytes} bytes`)
        t.true(next <= log.lastStableOffset || from > log.lastStableOffset)
        if (maxBytes === 1 << 30 && from <= log.lastStableOffset) t.is(next, log.lastStableOffset)
        if (from < log.lastStableOffset) t.true(next > from, 'at least one whole batch')
      }
      for (let step = 0; step < 400; step++) {
        const producerId = BigInt(random.integer(1, 6))
        const open = written.filter((each) => each.producerId === producerId && each.outcome === undefined)
        const offset = log.endOffset
        const value = `${step}${'x'.repeat(random.integer(0, random.chance(0.02) ? 70_000 : 200))}`
        const kind = random.pick(['records', 'records', 'records', 'end', 'plain', 'restart'])
        if (kind === 'records') {
          const sequence = sequences.get(producerId) ?? 0
          const batch = transactional(`<${value}>`, producerId, sequence)
          t.deepEqual(await log.append(batch, admitAll), { error: ERROR.none, baseOffset: offset })
          sequences.set(producerId, sequence + 1)
          written.push({ offset, value, producerId, outcome: undefined })
        } else if (kind === 'plain') {
          await log.append(recordBatch({ values: [`<${value}>`] }), admitAll)
          written.push({ offset, value, producerId: -1n, outcome: 'commit' })
        } else if (kind === 'end') {
          const outcome = random.pick(['commit', 'abort'] as const)
          await log.appendMarker(marker(producerId, outcome))
          for (const each of open) each.outcome = outcome
        } else if (random.chance(0.3)) {
          await log.close()
          log = await PartitionLog.open(files, path)
        }
        await check()
      }
      await log.close()
    }))
}

test('many transactions that were given up are found by those who read where they are', (t) =>
  withFolder(async (folder) => {
    const log = await PartitionLog.open(new OpenFiles(2), join(folder, 'events.log'))
    const count = 3000
    for (let i = 0; i < count; i++) {
      await log.append(transactional('<x>', BigInt(i), 0), admitAll)
      await log.appendMarker(marker(BigInt(i), i % 2 === 0 ? 'abort' : 'commit'))
    }
    t.true((await log.slice(0n, 100, true)).until < log.endOffset / 2n, 'who reads little is told of little')
    const all = await log.aborted(0n, log.endOffset)
    t.is(all.length, count / 2)
    t.deepEqual(all.at(-1), { producerId: BigInt(count - 2), firstOffset: BigInt(2 * count - 4) })
    // Each takes two offsets; one that begins before and whose marker is read belongs to it.
    const some = await log.aborted(1001n, 1009n)
    t.deepEqual(
      some.map(({ firstOffset }) => firstOffset),
      [1000n, 1004n, 1008n],
    )
    t.is((await log.aborted(1001n, 1008n)).length, 2)
    t.deepEqual(
      await log.aborted(log.endOffset - 3n, log.endOffset),
      [all.at(-1)],
      'its marker is the first that is read',
    )
    t.deepEqual(await log.aborted(log.endOffset - 2n, log.endOffset), [])
    await log.close()
  }))

test('a batch of a transaction comes alone, of one kind, and after a marker with a new epoch none of the old one comes', (t) =>
  withFolder(async (folder) => {
    const log = await PartitionLog.open(new OpenFiles(2), join(folder, 'events.log'))
    const two = Buffer.concat([transactional('<a>', 5n, 0), transactional('<b>', 5n, 1)])
    t.is((await log.append(two, admitAll)).error, ERROR.invalidRecord)
    const behind = Buffer.concat([recordBatch({ values: ['<n>'] }), transactional('<a>', 5n, 0)])
    t.is((await log.append(behind, admitAll)).error, ERROR.invalidRecord, 'behind one that is of no transaction')
    t.is((await log.append(transactional('<a>', 5n, 0))).error, ERROR.invalidTxnState, 'nobody knows the transaction')
    t.is((await log.append(transactional('<a>', 5n, 0), admitAll)).error, ERROR.none)
    const plain = recordBatch({ values: ['<n>'], producerId: 5n, producerEpoch: 0, baseSequence: 1 })
    t.is((await log.append(plain, admitAll)).error, ERROR.invalidTxnState, 'outside of its open transaction')
    await log.appendMarker(marker(5n, 'commit'))
    t.is((await log.append(transactional('<b>', 5n, 1), admitAll)).error, ERROR.none, 'sequences go on')
    await log.appendMarker(marker(5n, 'abort', 1))
    t.is((await log.append(transactional('<c>', 5n, 2), admitAll)).error, ERROR.invalidProducerEpoch)
    let isWoken = false
    log.onAppend(() => {
      isWoken = true
    })
    await log.appendMarker(marker(6n, 'commit'))
    t.true(isWoken, 'who waits for the end of a transaction')
    t.is((await log.append(transactional('<d>', 6n, 0), admitAll)).error, ERROR.none, 'a marker counts as no batch')
    await log.appendMarker(marker(8n, 'commit'))
    const goesOn = await log.append(transactional('<e>', 8n, 3), admitAll)
    t.is(goesOn.error, ERROR.none, 'a producer that was forgotten is not known again by its marker')
    await log.appendMarker(marker(8n, 'commit'))
    t.deepEqual(log.openProducers(), [{ producerId: 6n, producerEpoch: 0 }])
    await log.close()
  }))

test('whether a batch is taken is asked when those before it are written: no marker comes in between', (t) =>
  withFolder(async (folder) => {
    const log = await PartitionLog.open(new OpenFiles(2), join(folder, 'events.log'))
    let isOpen = true
    const admit = (): number => (isOpen ? ERROR.none : ERROR.invalidTxnState)
    const before = log.append(transactional('<a>', 5n, 0), admit)
    isOpen = false // The transaction ends while its last batches are under way.
    const ended = log.appendMarker(marker(5n, 'commit'))
    const after = log.append(transactional('<b>', 5n, 1), admit)
    t.is((await before).error, ERROR.invalidTxnState)
    await ended
    t.is((await after).error, ERROR.invalidTxnState)
    t.is(log.lastStableOffset, log.endOffset)
    await log.close()
  }))

test('a table of lines survives a torn last line, and damage before it is refused', (t) =>
  withFolder(async (folder) => {
    const path = join(folder, 'offsets')
    const line = (offset: string) => ({ group: 'g', topic: 't', partition: 0, offset, metadata: null })
    const store = await OffsetStore.open(path)
    await store.commit([line('1'), line('2')])
    await store.close()
    await appendFile(path, '{"group":"g","topic":"t","part')
    const torn = await OffsetStore.open(path)
    t.is(torn.get('g', 't', 0)?.offset, '2')
    await torn.commit([line('3')])
    await torn.close()
    t.is((await readFile(path, 'utf8')).split('\n').length, 3, 'only what is needed, and a line more')
    await writeFile(path, `${JSON.stringify(line('3'))}\n{"group":"g"\n${JSON.stringify(line('4'))}\n`)
    await t.throwsAsync(OffsetStore.open(path), { message: /CORRUPT_RECORD.*line 2/ })
  }))

test('a table of lines takes no more room than some times what it holds', (t) =>
  withFolder(async (folder) => {
    const path = join(folder, 'offsets')
    const store = await OffsetStore.open(path)
    const metadata = 'x'.repeat(4000)
    for (let round = 0; round < 30; round++) {
      await store.commit(
        Array.from({ length: 100 }, (_, i) => ({ group: 'g', topic: 't', partition: i, offset: `${round}`, metadata })),
      )
    }
    // All that was committed is 12 MB, what holds 0.4 MB.
    t.true((await stat(path)).size < 10_000_000)
    await store.close()
    const again = await OffsetStore.open(path)
    for (let i = 0; i < 100; i++) t.is(again.get('g', 't', i)?.offset, '29')
    await again.close()
  }))
