import { fileURLToPath } from 'node:url'
import test from 'ava'
import { makeShop } from '../../examples/customer-view/shop.js'
import { startProgram } from '../support/cli.js'

const MAIN = fileURLToPath(new URL('../../examples/customer-view/main.js', import.meta.url))
const PEOPLE = 2_000
const SEED = 7

test('the customer view has each person once, with all that was planted of orders, open tickets and visits', async (t) => {
  const { output, closed } = startProgram(MAIN, [String(PEOPLE)])
  t.deepEqual(await closed, [0, null], output.err)
  const { planted } = makeShop(PEOPLE, SEED)
  t.true(planted.entries > PEOPLE + 100 && planted.openTickets > 10)
  const rows = [...output.text.matchAll(/^\| *(top|good|fair|small|none)\| *(\d+)\| *([\d.]+)\| *(\d+)\| *(\d+)\|$/gm)]
  t.deepEqual(
    rows.map(([, segment]) => segment),
    ['top', 'good', 'fair', 'small', 'none'],
  )
  const sum = (group: number): number => rows.reduce((total, row) => total + Number(row[group]), 0)
  t.deepEqual(
    [sum(2), Math.round(sum(3) * 100), sum(4), sum(5)],
    [planted.people, planted.cents, planted.openTickets, planted.visits],
  )
  t.is([...output.text.matchAll(/^\|User \d+ *\|\S+ *\|top /gm)].length, 10, output.text)
})
