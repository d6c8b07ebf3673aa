/**
 * Clicks of a web shop from raw lines to a table: JSON with broken and repeated lines is cleaned, put into visits, written as Parquet by
 * day, and asked how many visits end in a purchase. `node dist/examples/clickstream/main.js [users]`
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from '../../api/index.js'
import { makeClicks } from './clicks.js'
import { brokenLines, cleanClicks, funnel, readClicks, withSessions } from './queries.js'

const USERS = Number(process.argv[2] ?? 50_000)
const SEED = 7
const LINES_A_FILE = 20_000

/** Writes what a web server would have left: some files of lines. */
async function writeRawFiles(folder: string): Promise<void> {
  const { lines, planted } = makeClicks(USERS, SEED)
  await mkdir(folder)
  for (let from = 0; from < lines.length; from += LINES_A_FILE) {
    const file = join(folder, `clicks-${from / LINES_A_FILE}.json`)
    await writeFile(file, `${lines.slice(from, from + LINES_A_FILE).join('\n')}\n`)
  }
  console.log(`${lines.length} lines; planted: ${JSON.stringify(planted)}`)
}

const directory = await mkdtemp(join(tmpdir(), 'millrace-clickstream-'))
const [raw, broken, visits] = ['raw', 'broken', 'visits'].map((name) => join(directory, name)) as [
  string,
  string,
  string,
]
const session = await Session.builder().appName('clickstream').getOrCreate()
try {
  await writeRawFiles(raw)
  const clicks = readClicks(session, raw)
  await brokenLines(clicks).write.text(broken)
  await withSessions(cleanClicks(clicks)).write.partitionBy('day').parquet(visits)

  const table = session.read.parquet(visits)
  console.log(`${await table.count()} clicks in the table, ${await session.read.text(broken).count()} lines put aside`)
  await funnel(table).show()
} finally {
  await session.stop()
  await rm(directory, { recursive: true, force: true })
}
