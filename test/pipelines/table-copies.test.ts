import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { BIGINT, field, INT, STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { threadMemory } from '../../executor/memory/linear-memory.js'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { SlotMemory } from '../../executor/memory/slot-memory.js'
import { runTask } from '../../executor/pipelines/run-task.js'
import type { TableCopy } from '../../executor/pipelines/table-copy.js'
import type { TableClaim, TaskEnvironment } from '../../executor/pipelines/task.js'
import { SharedTables } from '../../executor/pool/shared-tables.js'
import type { JoinKind } from '../../planner/plan/join-kind.js'
import type { PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'
import { rowTexts } from '../support/oracle.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { attribute, join, schemaOf, stageOf } from '../support/stages.js'

const LEFT = [field('i', INT), field('s', STRING)]
const RIGHT = [field('j', INT), field('t', STRING), field('v', BIGINT, false), field('w', STRING)]

function randomRow(random: Random) {
  const text = () =>
    random.chance(0.2) ? null : `${random.integer(0, 50)}${random.chance(0.5) ? ' with more than seven bytes' : ''}`
  return { number: random.chance(0.1) ? null : random.integer(0, 400), text: text(), other: text() }
}

function blocksOf(random: Random) {
  const left = Array.from({ length: 300 }, () => {
    const { number, text } = randomRow(random)
    return { i: number, s: text }
  })
  const right = Array.from({ length: random.pick([0, 1, 5000]) }, (_, at) => {
    const { number, text, other } = randomRow(random)
    return { j: number, t: text, v: BigInt(at), w: other }
  })
  return { left: blockFromRows({ fields: LEFT }, left), right: blockFromRows({ fields: RIGHT }, right) }
}

const source = (kind: 'broadcastRead' | 'shuffleRead', stageId: number, fields: typeof LEFT): PhysicalPlan => ({
  kind,
  stageId,
  attributes: fields.map((x) => attribute(x.name, x.type, x.nullable)),
})

/** Tasks of the stages made here are of one join. */
function stageOfJoin(type: JoinKind, keys: readonly (readonly [string, string])[]): Stage {
  return stageOf(join(type, source('shuffleRead', 1, LEFT), source('broadcastRead', 0, RIGHT), keys))
}

interface Asked {
  readonly claim: TableClaim
  readonly memory?: SlotMemory
  onMade?(copy: TableCopy | undefined): void
}

const unused = () => {
  throw new Error('not in this test')
}

async function* once(block: Block) {
  yield block
}

async function rowsOf(stage: Stage, blocks: ReturnType<typeof blocksOf>, asked: Asked): Promise<readonly string[]> {
  const rows: (readonly unknown[])[] = []
  const environment: TaskEnvironment = {
    signal: new AbortController().signal,
    attempt: 0,
    memory: asked.memory ?? executorMemory().memory,
    spills: false,
    trimIdle: async () => {},
    claimTable: async (_, stageId) => {
      if (stageId !== 0) throw new Error(`a table of stage ${stageId}`)
      return asked.claim
    },
    madeTable: (_, copy) => asked.onMade?.(copy),
    reader: unused,
    writer: unused,
    localBlocks: unused,
    cachedBlocks: unused,
    cacheVersion: () => '',
    shuffleBlocks: () => once(blocks.left),
    broadcastBlocks: () => (asked.claim.kind === 'copy' ? unused() : once(blocks.right)),
    emit: (_, block) => {
      rows.push(...tuplesFromBlock(schemaOf(stage.root), block))
    },
  }
  await runTask(stage, { partition: 0, splits: {} }, environment)
  return rowTexts(
    stage.root.attributes.map(({ type }) => type),
    rows as never,
  )
}

function executorMemory() {
  const { pool, handle } = MemoryPool.shared({ bytes: 1 << 28, slots: 1, storeBytes: 1 << 28 })
  pool.begin(0)
  return { pool, memory: SlotMemory.of(handle, 0) }
}

const OTHER = stageOf(source('shuffleRead', 1, LEFT))
const freeTables = (blocks: ReturnType<typeof blocksOf>) =>
  rowsOf(OTHER, blocks, { claim: { kind: 'make', isShared: false } })

const JOINS: readonly JoinKind[] = ['inner', 'left', 'left_semi', 'left_anti']

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test.serial(`a table that was copied from another thread joins as one that was made (seed ${seed})`, async (t) => {
    const random = new Random(seed)
    for (const type of JOINS) {
      const blocks = blocksOf(random)
      const keys = random.pick([
        [['i', 'j']],
        [['s', 't']],
        [
          ['i', 'j'],
          ['s', 't'],
        ],
      ] as const)
      const stage = () => stageOfJoin(type, keys)
      const memory = threadMemory()
      await freeTables(blocks)
      const before = memory.bytesInUse
      const expected = await rowsOf(stage(), blocks, { claim: { kind: 'make', isShared: false } })
      let copy: TableCopy | undefined
      const claim = { kind: 'make', isShared: true } as const
      const made = await rowsOf(stage(), blocks, {
        claim,
        onMade: (it) => {
          copy = it
        },
      })
      t.deepEqual(made, expected)
      await freeTables(blocks)
      // Where the table comes to lie is not where it was.
      const between = memory.allocate(random.integer(1, 2 << 20))
      t.deepEqual(await rowsOf(stage(), blocks, { claim: { kind: 'copy', copy: copy! } }), expected)
      memory.release(between)
      await freeTables(blocks)
      t.is(memory.bytesInUse, before)
    }
  })
}

test.serial('a table is not copied when there is no memory to do so, and joins nevertheless', async (t) => {
  const right = Array.from({ length: 40_000 }, (_, at) => ({ j: at, t: `the text of row ${at}`, v: 0n, w: null }))
  const blocks = { left: blocksOf(new Random(7)).left, right: blockFromRows({ fields: RIGHT }, right) }
  const expected = await rowsOf(stageOfJoin('inner', [['i', 'j']]), blocks, {
    claim: { kind: 'make', isShared: false },
  })
  const copiesWith = async (left: number, isShared: boolean): Promise<readonly boolean[]> => {
    await freeTables(blocks)
    const { pool, memory } = executorMemory()
    pool.holdStored(pool.free - left)
    const copies: boolean[] = []
    const onMade = (copy: TableCopy | undefined) => {
      copies.push(copy !== undefined)
      t.true(copy === undefined || pool.free >= copy.bytes.length, 'there is room for it')
    }
    const claim = { kind: 'make', isShared } as const
    t.deepEqual(await rowsOf(stageOfJoin('inner', [['i', 'j']]), blocks, { claim, memory, onMade }), expected)
    return copies
  }
  let left = 2_000_000
  while (await copiesWith(left, false).then(() => false, isShort)) left += 200_000
  t.deepEqual(await copiesWith(left, true), [false], 'what is enough to make it is enough to be asked to share it')
  while (!(await copiesWith(left, true))[0]) left += 500_000
})

const isShort = (error: unknown): boolean => {
  if (MillraceError.is(error) && error.condition === 'UNABLE_TO_ACQUIRE_MEMORY') return true
  throw error
}

test.serial('threads of an executor take the table of a broadcast join from the one that made it', async (t) => {
  const { made } = SharedTables.prototype
  const copies: (TableCopy | undefined)[] = []
  SharedTables.prototype.made = function (key, slot, copy) {
    copies.push(copy)
    made.call(this, key, slot, copy)
  }
  try {
    for (const [master, rows] of [
      ['local[4]', 150_000],
      ['local[4]', 1000],
      ['local[2]', 150_000],
    ] as const) {
      await withSession(master, async (session) => {
        session.range(0, 400_000, 1, 8).createOrReplaceTempView('a')
        session.range(rows).createOrReplaceTempView('b')
        const found = await session
          .sql(
            "select count(*) n, sum(v) v, max(t) t from a join (select id, id * 2 v, concat('text ', id) t from b) b on a.id = b.id",
          )
          .collect()
        t.deepEqual(found, [
          { n: BigInt(rows), v: BigInt(rows) * BigInt(rows - 1), t: rows === 1000 ? 'text 999' : 'text 99999' },
        ])
      })
      if (rows > 1000 && master === 'local[4]') t.true(copies.splice(0)[0]!.bytes.length > 4_000_000)
      else t.is(copies.length, 0, 'it is not worth while')
    }
  } finally {
    SharedTables.prototype.made = made
  }
})
