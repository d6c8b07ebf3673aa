import test from 'ava'
import { splitText } from '../../cli/sql/split-statements.js'
import { timeText } from '../../cli/sql/time-text.js'

test('what is told of a statement that has run counts its rows, one in the singular and none not at all', (t) => {
  t.deepEqual(
    [timeText(0, 1500), timeText(1, 1), timeText(2, 20)],
    ['1.500 s\n', '1 row, 0.001 s\n', '2 rows, 0.020 s\n'],
  )
})

test('behind the last statement a comment that is open is left for what follows, one that is closed is nothing', (t) => {
  t.deepEqual(splitText('select 1; /* done */ -- all'), { complete: ['select 1'], rest: '' })
  t.is(splitText('select 1; /* to be').rest.trim(), '/* to be')
  t.is(splitText('/* only; this').complete.length, 0)
})
