import { fileURLToPath } from 'node:url'
import test from 'ava'
import { makeClicks } from '../../examples/clickstream/clicks.js'
import { startProgram } from '../support/cli.js'

const MAIN = fileURLToPath(new URL('../../examples/clickstream/main.js', import.meta.url))
const USERS = 2_000
const SEED = 7

test('the clickstream finds every click once, puts broken lines aside, and counts the visits and purchases that were planted', async (t) => {
  const { output, closed } = startProgram(MAIN, [String(USERS)])
  t.deepEqual(await closed, [0, null], output.err)
  const { planted, lines } = makeClicks(USERS, SEED)
  t.is(lines.length, planted.clicks + planted.repeated + planted.broken)
  t.true(planted.repeated > 10 && planted.broken > 10 && planted.purchases > 10)
  t.true(output.text.includes(`${planted.clicks} clicks in the table, ${planted.broken} lines put aside`), output.text)
  const rows = [...output.text.matchAll(/^\|2026-01-1[56]\| *(\d+)\| *\d+\| *\d+\| *(\d+)\|/gm)]
  const sum = (group: number): number => rows.reduce((total, row) => total + Number(row[group]), 0)
  t.is(sum(1), planted.sessions)
  t.is(sum(2), planted.purchases)
})
