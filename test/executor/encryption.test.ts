import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, functions as F, type Session } from '../../api/index.js'
import { childrenOf } from '../../examples/support/processes.js'
import { JOBS } from '../chaos/jobs.js'
import { spilledContents } from '../chaos/leaks.js'
import { withSession } from '../support/sessions.js'
import { withStreamPlace } from '../support/streams.js'

const EVERY_MS = 5
const MARKER = 'a text that is long'

/** What has no room in memory lies in files without a name, to which /proc leads. */
const onLinux = existsSync('/proc/self/fd') ? test.serial : test.serial.skip

/** What lay on disk while work went on: how much, and in how many looks the marker was there. */
async function onDisk(
  pids: () => readonly number[],
  work: () => Promise<void>,
): Promise<{ bytes: number; found: number }> {
  let [bytes, found] = [0, 0]
  const look = (): void => {
    for (const content of spilledContents(pids())) {
      bytes = Math.max(bytes, content.length)
      if (content.includes(MARKER)) found++
    }
  }
  const timer = setInterval(look, EVERY_MS)
  await work().finally(() => clearInterval(timer))
  return { bytes, found }
}

async function spilled(settings: Readonly<Record<string, string>>, names: readonly string[]) {
  const seen: Record<string, { bytes: number; found: number }> = {}
  for (const name of names)
    await withSession(
      'local-cluster[1,2,24]',
      async (session) => {
        seen[name] = await onDisk(
          () => childrenOf(process.pid),
          async () => {
            const { due, run } = JOBS[name]!
            if ((await run(session, '')) !== due) throw new Error(`${name} has another answer`)
          },
        )
      },
      { autoBroadcastJoinThreshold: -1, ...settings },
    )
  return seen
}

const NAMES = ['joined', 'sorted', 'cached'] as const

onLinux('what exchanges, sorts and caches have on disk is read there as it is when it is not encrypted', async (t) => {
  t.timeout(240_000)
  const seen = await spilled({}, NAMES)
  for (const name of NAMES) t.true(seen[name]!.found > 0, name)
})

onLinux(
  'nothing of what exchanges, sorts and caches have on disk can be read there when it is encrypted',
  async (t) => {
    t.timeout(240_000)
    const seen = await spilled(
      { 'spark.io.encryption.enabled': 'true', 'spark.io.encryption.keySizeBits': '256' },
      NAMES,
    )
    for (const name of NAMES) {
      t.true(seen[name]!.bytes > 100_000, `${name} has ${seen[name]!.bytes} bytes on disk`)
      t.is(seen[name]!.found, 0, name)
    }
  },
)

const contents = (folder: string): readonly Buffer[] =>
  (readdirSync(folder, { recursive: true }) as string[])
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path))

/** Counts texts in a stream without a checkpoint of its own, in a session whose temporary files lie in a folder. */
async function countInStream(session: Session, look: () => void): Promise<readonly AnyRow[]> {
  const rows: AnyRow[] = []
  await withStreamPlace(async (place) => {
    await place.send(
      'texts',
      Array.from({ length: 2000 }, (_, i) => `${MARKER} ${i}`),
    )
    const query = await place
      .read(session, 'texts')
      .groupBy(col('value').cast('string').as('text'))
      .agg(F.count().as('n'))
      .toDF()
      .writeStream.foreachBatch(async (batch) => void rows.push(...((await batch.collect()) as AnyRow[])))
      .outputMode('update')
      .start()
    await query.processAllAvailable()
    look()
    await query.stop()
  })
  return rows
}

for (const [encrypted, what] of [
  ['false', 'is read there as it is when it is not encrypted'],
  ['true', 'cannot be read there when it is encrypted'],
] as const)
  test.serial(`state in the checkpoint that a stream is given for its time ${what}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-temporary-'))
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = folder
    try {
      await withSession(
        'local[2]',
        async (session) => {
          let found: readonly boolean[] = []
          const look = (): void => {
            const states = readdirSync(folder).filter((name) => name.startsWith('millrace-checkpoint-'))
            const files = states.flatMap((name) => contents(join(folder, name, 'state')))
            found = files.map((content) => content.includes(MARKER))
          }
          t.is((await countInStream(session, look)).length, 2000)
          t.true(found.length > 0)
          t.is(found.every(Boolean), encrypted === 'false')
          t.is(found.some(Boolean), encrypted === 'false')
        },
        { 'io.encryption.enabled': encrypted, 'shuffle.partitions': 2 },
      )
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
      await rm(folder, { recursive: true, force: true })
    }
  })
