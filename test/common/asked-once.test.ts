import test from 'ava'
import { AskedOnce, askedOnce } from '../../common/asked-once.js'

/** Answers by how often it was asked. */
function counter(): () => Promise<number> {
  let asked = 0
  return () => Promise.resolve(++asked)
}

test('within a query the same is asked once, and other things on their own', async (t) => {
  const [ask, other] = [counter(), counter()]
  const query = new AskedOnce()
  await query.run(async () => {
    t.deepEqual(await Promise.all([askedOnce('a', ask), askedOnce('a', ask), askedOnce('b', other)]), [1, 1, 1])
    t.is(await askedOnce('a', ask), 1)
  })
})

test('without a query, in another one, and when the query has ended all is asked again', async (t) => {
  const ask = counter()
  t.is(await askedOnce('a', ask), 1)
  t.is(await askedOnce('a', ask), 2)
  const query = new AskedOnce()
  t.is(await query.run(() => askedOnce('a', ask)), 3)
  t.is(await new AskedOnce().run(() => askedOnce('a', ask)), 4)
  t.is(await query.run(() => askedOnce('a', ask)), 3)
  await query.run(async () => {
    query.end()
    t.is(await askedOnce('a', ask), 5)
    t.is(await askedOnce('a', ask), 6)
  })
})

test('a query within another one asks nothing twice, unless the outer one has ended', async (t) => {
  const ask = counter()
  const outer = new AskedOnce()
  await outer.run(async () => {
    t.is(await askedOnce('a', ask), 1)
    const inner = new AskedOnce()
    t.is(await inner.run(() => askedOnce('a', ask)), 1)
    inner.end()
    t.is(await askedOnce('a', ask), 1)
    const late = new AskedOnce()
    outer.end()
    t.is(await late.run(() => askedOnce('a', ask)), 2)
    t.is(await late.run(() => askedOnce('a', ask)), 2)
    t.is(await new AskedOnce().run(() => askedOnce('a', ask)), 3)
  })
})

test('a question that failed is asked again', async (t) => {
  const answers = [() => Promise.reject(new Error('no')), () => Promise.resolve(7)]
  const ask = () => answers.shift()!()
  await new AskedOnce().run(async () => {
    await t.throwsAsync(askedOnce('a', ask), { message: 'no' })
    t.is(await askedOnce('a', ask), 7)
    t.is(await askedOnce('a', ask), 7)
  })
})

test('a bounded number of answers is kept', async (t) => {
  const asked: string[] = []
  const ask = (key: string) => askedOnce(key, () => Promise.resolve(asked.push(key)))
  await new AskedOnce().run(async () => {
    for (let i = 0; i < 10_001; i++) await ask(String(i))
    await ask('9999')
    await ask('10000')
  })
  t.is(asked.length, 10_002)
  t.is(asked.at(-1), '10000')
})
