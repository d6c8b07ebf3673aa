import test from 'ava'
import type { LoadedFunction } from '../../executor/user-code/load-function.js'
import { MappedPartition } from '../../executor/user-code/mapped-partition.js'

type Rows = AsyncIterable<number>
const mapped = (fn: (rows: Rows & Iterable<number>) => unknown): MappedPartition<number> =>
  new MappedPartition<number>(fn as LoadedFunction)

const doubled = async function* (rows: Rows): AsyncGenerator<number> {
  for await (const row of rows) yield 2 * row
}

test('results come so many at once, and less when the function waits for rows or ends', async (t) => {
  const partition = mapped(doubled)
  partition.input.give([1, 2, 3])
  t.deepEqual(await partition.results(2), [2, 4])
  t.deepEqual(await partition.results(2), [6])
  t.deepEqual(await partition.results(2), [])
  partition.input.give([4, 5, 6, 7])
  partition.input.give([8])
  t.deepEqual(await partition.results(2), [8, 10])
  t.deepEqual(await partition.results(3), [12, 14, 16])
  t.false(partition.isDone)
  partition.input.end()
  t.deepEqual(await partition.results(2), [])
  t.true(partition.isDone)
  t.deepEqual(await partition.results(2), [])
})

test('a function that has so many results is not asked for the next one', async (t) => {
  let asked = 0
  const partition = mapped(function* () {
    for (;;) yield ++asked
  })
  t.deepEqual(await partition.results(3), [1, 2, 3])
  t.is(asked, 3)
})

test('results that are promises are waited for, whoever gives them', async (t) => {
  const some = [Promise.resolve(1), 2, Promise.resolve(3)]
  const ofGenerator = mapped(function* () {
    yield* some
  })
  t.deepEqual(await ofGenerator.results(5), [1, 2, 3])
  const ofList = mapped(() => some)
  t.deepEqual(await ofList.results(5), [1, 2, 3])
})

test('what a function throws is thrown, also when it waited for rows before', async (t) => {
  const partition = mapped(async function* (rows) {
    for await (const row of rows) {
      if (row === 3) throw new Error('three')
      yield row
    }
  })
  partition.input.give([1, 2])
  t.deepEqual(await partition.results(5), [1, 2])
  partition.input.give([3])
  await t.throwsAsync(partition.results(5), { message: 'three' })
})

test('a function that asks for rows ahead goes on when they come', async (t) => {
  const partition = mapped(async function* (rows) {
    const iterator = rows[Symbol.asyncIterator]()
    const [first, second] = [iterator.next(), iterator.next()]
    yield (await first).value
    yield (await second).value
    yield (await iterator.next()).done
  })
  partition.input.give([1])
  const before = await partition.results(5)
  partition.input.give([2])
  t.deepEqual([...before, ...(await partition.results(5))], [1, 2])
  partition.input.end()
  t.deepEqual(await partition.results(5), [true])
})

test('a function that is ended does what it does at last, whether it waits or not', async (t) => {
  for (const given of [[1], [1, 2, 3]]) {
    const done: string[] = []
    const partition = mapped(async function* (rows) {
      try {
        for await (const row of rows) yield row
        done.push('all')
      } finally {
        done.push('finally')
      }
    })
    partition.input.give(given)
    t.deepEqual(await partition.results(2), given.slice(0, 2))
    await partition.close()
    t.is(done.at(-1), 'finally')
    t.true(partition.isDone)
    t.deepEqual(await partition.results(2), [])
  }
})
