import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { embeddedBroker } from '../torture/brokers.js'
import { dueOf, eventText, lastText, QUERIES } from '../torture/events.js'
import { type Epochs, epochsIn, takenFrom } from '../torture/owners.js'
import { torture } from '../torture/torture.js'
import { verdictOf } from '../torture/verify.js'

const INPUT = [0, 1, 2, 3, 4, 5, 1].map(eventText)
const DUE = dueOf([...INPUT, lastText(700)])

test('what the torture holds queries against finds each kind of fault', (t) => {
  const counts = (query: Parameters<typeof verdictOf>[0], written: readonly string[]) => {
    const { due, lost, repeated, wrong } = verdictOf(query, DUE, written)
    return [due, lost, repeated, wrong]
  }
  const [rows, last] = [DUE.rows, lastText(700)]
  t.deepEqual(counts('rows', rows), [8, 0, 0, 0])
  t.deepEqual(counts('rows', [...rows.slice(1), rows[3]!, '?']), [8, 1, 1, 1])
  t.deepEqual(counts('unique', DUE.unique), [7, 0, 0, 0])
  t.deepEqual(counts('unique', rows), [7, 0, 1, 0], 'a duplicate that was passed on')
  t.deepEqual(DUE.windows, [`${Date.UTC(2024, 0, 1)},6,15,0,5`], 'that of the last event is not final')
  t.deepEqual(counts('windows', [...DUE.windows, ...DUE.windows]), [1, 0, 1, 0])
  t.deepEqual(DUE.pairs, ['0,1', '1,2', '2', '3,4', '4,5', '5'], 'the last event has come too late for the one before')
  t.deepEqual(
    counts('pairs', [...DUE.pairs.slice(1), '1']),
    [6, 1, 0, 1],
    'a left row that was passed on without its match',
  )
  t.deepEqual(DUE.sessions, [`0,${Date.UTC(2024, 0, 1)},6,0`])
  const { counts: groups } = DUE
  t.is(groups[1], '1,2,2')
  t.deepEqual(counts('counts', ['1,1,1', ...groups]), [13, 0, 0, 0])
  t.deepEqual(counts('counts', ['1,1,1', '1,1,1', ...groups]), [13, 0, 1, 0], 'a batch that was written twice')
  t.deepEqual(counts('counts', [...groups.slice(0, -1), '99,1,1']), [13, 1, 0, 1])
  const [earlier, later] = [['0,1', '1,1', '2,1', '3,1'], DUE.totals]
  t.deepEqual(counts('totals', [...earlier, ...later]), [4, 0, 0, 0])
  t.deepEqual(counts('totals', [...earlier, ...earlier, ...later]), [4, 0, 1, 0], 'a batch that was written twice')
  t.deepEqual(counts('totals', [...earlier, ...later.slice(1)]), [4, 1, 1, 0], 'a batch that was written by half')
  t.true(DUE.rows.includes(last))
})

test('a driver must end with the queries that it had when it was stopped and that another one has taken', async (t) => {
  const epochs = (some: Partial<Epochs>): Epochs => ({
    ...(Object.fromEntries(QUERIES.map((query) => [query, 3])) as Epochs),
    ...some,
  })
  const [begun, stopped] = [epochs({}), epochs({ rows: 4, pairs: 4 })]
  t.deepEqual(takenFrom(begun, stopped, stopped), [], 'nothing is taken')
  t.deepEqual(takenFrom(begun, stopped, epochs({ rows: 4, pairs: 5, totals: 4 })), ['pairs'], 'totals it never had')

  const folder = await mkdtemp(join(tmpdir(), 'millrace-owners-'))
  t.teardown(() => rm(folder, { recursive: true }))
  for (const name of ['.9', '10', 'other']) await mkdir(join(folder, 'rows', 'owners', name), { recursive: true })
  t.deepEqual(await epochsIn(folder), { ...Object.fromEntries(QUERIES.map((query) => [query, 0])), rows: 10 })
})

test('queries in every output mode whose processes are killed and stopped lose nothing and repeat nothing', async (t) => {
  t.timeout(600_000)
  const brokers = await embeddedBroker()
  try {
    const told: string[] = []
    const tell = (line: string): void => void told.push(line)
    const report = await torture(brokers, { seed: 11, kills: 6, eventsPerStrike: 40, tell })
    t.true(report.kills >= 6, told.join('\n'))
    for (const { query, lost, repeated, wrong, examples } of report.verdicts)
      t.deepEqual({ query, lost, repeated, wrong }, { query, lost: 0, repeated: 0, wrong: 0 }, examples.join('\n'))
    t.log([...report.strikes].map(([name, count]) => `${count} × ${name}`).join(', '))
  } finally {
    await brokers.stop()
  }
})
