import test, { type ExecutionContext } from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { field, INT, STRING } from '../../columnar/types.js'
import { append } from '../../common/append.js'
import { MAX_BATCH_ROWS } from '../../connectors/batch.js'
import { TEXT_DICTIONARY_MOST } from '../../executor/kernels/interface/text-dictionary.js'
import { threadMemory } from '../../executor/memory/linear-memory.js'
import { TextCoder } from '../../executor/pipelines/coded-texts.js'
import { dropCache } from '../../executor/pipelines/run-task.js'
import { readCached } from '../support/cached.js'
import { attribute } from '../support/stages.js'

const FIELDS = [field('text', STRING), field('row', INT, false)]
const relation = FIELDS.map((x) => attribute(x.name, x.type, x.nullable))
const memory = threadMemory()
const BATCHES = 5
const ROWS = BATCHES * MAX_BATCH_ROWS - 100

const blocksOf = (textOf: (row: number) => string | null): readonly Block[] => {
  const rows = Array.from({ length: ROWS }, (_, row) => ({ text: textOf(row), row }))
  return [
    blockFromRows({ fields: FIELDS }, rows.slice(0, 12_000)),
    blockFromRows({ fields: FIELDS }, rows.slice(12_000)),
  ]
}

/** What is kept of a cached relation after it was read, in bytes; both that reading and the next must give its rows. */
async function keptBytes(t: ExecutionContext, textOf: (row: number) => string | null): Promise<number> {
  const blocks = blocksOf(textOf)
  const expected = blocks.flatMap((block) => tuplesFromBlock({ fields: FIELDS }, block))
  const plan = { kind: 'cachedScan', cacheId: 'c', columns: [0, 1], relation, attributes: relation } as const
  // One row at most is told: the difference of all takes minutes.
  const isRead = async (times: number): Promise<void> => {
    const { reads, rows } = await readCached(plan, () => blocks, '1')
    const at = expected.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(rows[i]))
    t.deepEqual({ reads, count: rows.length, wrong: rows[at] }, { reads: times, count: ROWS, wrong: expected[at] })
  }
  const before = memory.bytesInUse
  await isRead(1)
  const kept = memory.bytesInUse - before
  await isRead(0)
  dropCache('c')
  t.true(memory.bytesInUse - before < 300_000, 'only the arena keeps a chunk')
  return kept
}

const few = (row: number): string | null =>
  row % 7 === 0 ? null : row % 5 === 0 ? '' : `one of a hundred texts: ${row % 100}`
const many = (row: number): string => `one of many texts, each its own: ${row}`

test.serial('texts of which few differ take two bytes a row, with NULLs and empty ones among them', async (t) => {
  const coded = await keptBytes(t, few)
  const plain = await keptBytes(t, many)
  t.true(coded < plain / 4, `${coded} of ${plain}`)
})

test.serial('a column whose texts become many is kept as codes before and as it is from there on', async (t) => {
  const turn = 2 * MAX_BATCH_ROWS
  const mixed = await keptBytes(t, (row) => (row < turn ? few(row) : many(row)))
  t.true(mixed < (await keptBytes(t, many)))
  await keptBytes(t, (row) => (row < turn ? many(row) : few(row)))
})

test.serial('long texts are coded as long as there is room for them', async (t) => {
  await keptBytes(t, (row) => `${'long '.repeat(50)}${row % 1000}`)
})

/** Refs of texts, one behind the other. */
function refsOf(texts: readonly string[]): { readonly refs: number; readonly address: number } {
  const bytes = texts.map((text) => Buffer.from(text))
  const refs = memory.allocate(texts.length * 8)
  const address = memory.allocate(Buffer.concat(bytes).length + 64)
  let at = address
  bytes.forEach((text, i) => {
    memory.bytes.set(text, at)
    memory.view.setUint32(refs + i * 8, at, true)
    memory.view.setUint32(refs + i * 8 + 4, text.length, true)
    at += text.length
  })
  return { refs, address }
}

/** How many texts a dictionary has after batches, in which so many rows have so many texts, or which batch ended it. */
function entriesAfter(batches: readonly (readonly [rows: number, first: number, texts: number])[]): string {
  const coder = new TextCoder(memory)
  const held: number[] = []
  try {
    for (const [i, [rows, first, texts]] of batches.entries()) {
      const { refs, address } = refsOf(Array.from({ length: rows }, (_, row) => `${first + (row % texts)}`))
      held.push(refs, address)
      const codes = coder.code(refs, rows)
      if (!codes) return `ended by ${i}`
      held.push(codes.address)
    }
    for (const { addresses } of coder.finish()) append(held, addresses)
    return `${coder.dictionary.entries}`
  } finally {
    coder.close()
    for (const address of held) memory.release(address)
  }
}

test.serial('a dictionary takes texts as long as they come again, and so many at most', (t) => {
  const before = memory.bytesInUse
  t.is(entriesAfter([[200, 0, 100]]), '100')
  t.is(entriesAfter([[200, 0, 101]]), 'ended by 0')
  t.is(
    entriesAfter([
      [200, 0, 100],
      [200, 100, 100],
      [200, 0, 200],
    ]),
    '200',
  )
  t.is(
    entriesAfter([
      [200, 0, 100],
      [200, 100, 101],
    ]),
    'ended by 1',
  )
  const half = TEXT_DICTIONARY_MOST / 2
  t.is(
    entriesAfter([
      [MAX_BATCH_ROWS, 0, half],
      [MAX_BATCH_ROWS, half, half],
    ]),
    `${TEXT_DICTIONARY_MOST}`,
  )
  t.is(
    entriesAfter([
      [MAX_BATCH_ROWS, 0, half],
      [MAX_BATCH_ROWS, half, half + 1],
    ]),
    'ended by 1',
  )
  t.true(memory.bytesInUse <= before)
})

test.serial('what was read by its codes is numbered as no other dictionary of the thread', (t) => {
  const numbers = [memory.kernels.dictionaryNumber(), memory.kernels.dictionaryNumber()]
  t.true(numbers[0]! > 0 && numbers[1] === numbers[0]! + 1)
})
