import test from 'ava'
import { functions } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

test('intervals are made of columns and numbers, and called as Spark calls them', async (t) => {
  await withSession('local[1]', async (session) => {
    const rows = session
      .range(2)
      .select(functions.makeYmInterval(1, 'id').as('months'), functions.makeDtInterval(0, 0, 1, 1.5))
    t.deepEqual((await rows.collect())[1], { months: 13, 'make_dt_interval(0, 0, 1, 1.5)': 61_500_000n })
    const { fields } = await session.sql('select make_ym_interval(), make_dt_interval(1)').schema()
    t.deepEqual(
      fields.map(({ name }) => name),
      ['make_ym_interval(0, 0)', 'make_dt_interval(1, 0, 0, 0.000000)'],
    )
  })
})
