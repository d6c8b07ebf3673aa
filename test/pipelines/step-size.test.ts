import test from 'ava'
import { StepSize } from '../../executor/pipelines/step-size.js'

test('a function is called for more rows as long as they take little, up to a batch', (t) => {
  const size = new StepSize(1, 1000, false)
  t.is(size.rows, 1024)
  for (let i = 0; i < 5; i++) size.adapt(size.rows, 10, 0)
  t.is(size.rows, 8192)
  t.is(new StepSize(4, 1000, false).rows, 256)
  t.is(new StepSize(1, 1000, true).rows, 1)
})

test('a call for fewer rows than it might have been tells nothing of more', (t) => {
  const size = new StepSize(1, 1000, false)
  size.adapt(10, 0, 0)
  t.is(size.rows, 1024)
})

test('what rows took decides how many come next, and is remembered for a while', (t) => {
  const size = new StepSize(1, 1000, true)
  for (let i = 0; i < 5; i++) size.adapt(size.rows, size.rows * 10, 1)
  t.is(size.rows, 32)
  t.is(size.bytes, 320)
  // 100 bytes a row: ten of them take all that a step may.
  size.adapt(32, 3200, 1)
  t.is(size.rows, 10)
  size.adapt(10, 0, 0)
  t.is(size.rows, 11)
  for (let i = 0; i < 20; i++) size.adapt(size.rows, 0, 0)
  t.true(size.rows > 50)
})

test('many blocks of a call make the next one smaller, and one row is always left', (t) => {
  const size = new StepSize(1, 1000, false)
  size.adapt(1024, 0, 9)
  t.is(size.rows, 256)
  size.adapt(256, 1e9, 0)
  t.is(size.rows, 1)
})
