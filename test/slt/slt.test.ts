import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { Session } from '../../api/index.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { type DataType, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { castText } from '../support/cast-text.js'
import { withSession } from '../support/sessions.js'
import { markSkipped, parseSlt, type SltRecord, sltCell } from '../support/slt.js'
import { withWarehouse } from '../support/warehouses.js'

const FOLDER = new URL('../../../test/slt/', import.meta.url)
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.slt'))
const UPDATES = process.env['UPDATE_GOLDEN'] === '1'

const NOT_BUILT = /^UNSUPPORTED_(?!GENERATOR)/
/** Syntax that is not read is not built either, where Spark has rows. */
const NOT_BUILT_OR_READ = /^(UNSUPPORTED_(?!GENERATOR)|PARSE_SYNTAX_ERROR$|UNRESOLVED_ROUTINE$)/

/** What a session answers: `not built`, a condition, or types and rows as text. */
async function answerOf(session: Session, { sql, expected }: SltRecord): Promise<string> {
  try {
    if (expected.kind === 'ok') {
      await session.sql(sql).collect()
      return 'ok'
    }
    const { schema, blocks } = await session.engine.execute(session.sql(sql).plan)
    const types = schema.fields.map(({ type }) => type)
    const lines: string[] = []
    for await (const block of blocks)
      for (const row of tuplesFromBlock(schema, block))
        lines.push(row.map((value, i) => sltCell(castText(value, types[i]!))).join('\t'))
    const isOrdered = expected.kind === 'rows' && expected.isOrdered
    return rowsText(types.map(toldName).join(), isOrdered ? lines : lines.toSorted())
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    if (expected.kind === 'error' && error.condition === expected.condition) return `error ${error.condition}`
    const isRefused = expected.kind === 'error' ? NOT_BUILT : NOT_BUILT_OR_READ
    return isRefused.test(error.condition) ? 'not built' : `error ${error.condition}`
  }
}

/** A type as pyspark tells it, which leaves out the collation that compares bytes. */
const toldName = (type: DataType): string => typeName(type).replace(/ collate UTF8_BINARY\b/g, '')

const rowsText = (types: string, rows: readonly string[]): string => [types.toLowerCase(), ...rows].join('\n')

function expectedText({ isSkipped, expected }: SltRecord): string {
  if (isSkipped) return 'not built'
  if (expected.kind === 'ok') return 'ok'
  if (expected.kind === 'error') return `error ${expected.condition}`
  return rowsText(expected.types, expected.isOrdered ? expected.rows : expected.rows.toSorted())
}

/** What other sessions over the same warehouse see, and those after them. */
const KEEPS = /\b(create\s+(or\s+replace\s+)?(external\s+|global\s+)?(?!or\b|temp\b|temporary\b)\w+|use|cache)\b/i

const PARTITIONS = 'shuffle.partitions'

async function faultsOf(session: Session, file: string): Promise<readonly string[]> {
  const path = fileURLToPath(new URL(file, FOLDER))
  const text = readFileSync(path, 'utf8')
  const skipped = new Set<number>()
  const faults: string[] = []
  for (const record of parseSlt(text)) {
    const answer = await answerOf(session, record)
    if (answer === 'not built') skipped.add(record.line)
    const expected = UPDATES && answer === 'not built' ? answer : expectedText(record)
    if (answer !== expected && !(UPDATES && record.isSkipped))
      faults.push(`${file}:${record.line}: ${record.sql}\n${answer}\ninstead of\n${expected}`)
  }
  if (UPDATES) writeFileSync(path, markSkipped(text, skipped))
  return faults
}

const keeps = (file: string): boolean =>
  parseSlt(readFileSync(new URL(file, FOLDER), 'utf8')).some(({ sql }) => KEEPS.test(sql))

for (const file of FILES.filter(keeps)) {
  test.serial(`the statements of ${file} give what Spark gives`, (t) =>
    withWarehouse((folder) =>
      withSession('local[2]', async (session) => t.deepEqual(await faultsOf(session, file), []), {
        [PARTITIONS]: 2,
        'warehouse.dir': folder,
      }),
    ),
  )
}

// Those that keep nothing share threads: to start them takes as long as a hundred statements do.
let shared: Session
test.before(async () => {
  shared = await Session.builder().master('local[2]').config('log.level', 'error').config(PARTITIONS, 2).create()
})
test.after.always(() => shared?.stop())

for (const file of FILES.filter((name) => !keeps(name)))
  test.serial(`the statements of ${file} give what Spark gives`, async (t) => {
    t.deepEqual(await faultsOf(shared.newSession(), file), [])
  })

test('the files hold at least 2,500 statements that are answered', (t) => {
  const records = FILES.flatMap((file) => parseSlt(readFileSync(new URL(file, FOLDER), 'utf8')))
  t.true(records.filter(({ isSkipped }) => !isSkipped).length >= 2500)
})
