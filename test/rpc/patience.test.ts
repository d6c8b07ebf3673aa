import { mock } from 'node:test'
import test from 'ava'
import { Patience } from '../../proto/rpc/patience.js'

test.serial(
  'patience is over when the whole of its time was waited for, step by step, and a new wait begins anew',
  (t) => {
    mock.timers.enable({ apis: ['setInterval'] })
    try {
      let over = 0
      const patience = new Patience(600, () => over++)
      mock.timers.tick(5_000)
      t.is(over, 0, 'nothing is waited for')
      patience.begin()
      // The first step may have begun before.
      mock.timers.tick(600)
      t.is(over, 0)
      patience.begin()
      mock.timers.tick(600)
      t.is(over, 0)
      patience.end()
      mock.timers.tick(5_000)
      t.is(over, 0)
      patience.begin()
      mock.timers.tick(700)
      t.is(over, 1)
      patience.close()
      mock.timers.tick(5_000)
      t.is(over, 1)
    } finally {
      mock.timers.reset()
    }
  },
)
