import test from 'ava'
import { renderRatios } from '../../bench/spill.js'

test('work beyond the memory is compared by its best runs, in both kinds of time', (t) => {
  const run = (wallMs: number, cpuMs: number) => ({ wallMs, cpuMs })
  const runs = { plenty: [run(90, 50), run(40, 60)], little: [run(100, 120), run(120, 100)] }
  t.is(
    renderRatios([{ what: 'a sort', most: 2.5, runs }])
      .split('\n')
      .at(-1),
    '| a sort | 40 | 100 | 2.50 | 50 | 100 | 2.00 | ≤ 2.5 |',
  )
})
