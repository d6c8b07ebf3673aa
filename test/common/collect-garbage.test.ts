import test from 'ava'
import { BlockGarbage } from '../../common/collect-garbage.js'

const MEGABYTE = 1024 ** 2

/** A process of 100 MiB whose memory is then what the test says, and whose collections of all end when it says so. */
function processAt100() {
  const asked: string[] = []
  const ends: (() => void)[] = []
  const state = { resident: 100 * MEGABYTE, asked, end: async () => ends.shift()!() }
  const control = {
    resident: () => state.resident,
    collect: ({ type }: { readonly type: string }): Promise<void> => {
      asked.push(type)
      return type === 'major' ? new Promise((resolve) => ends.push(resolve)) : Promise.resolve()
    },
  }
  return { state, garbage: new BlockGarbage(64 * MEGABYTE, control) }
}

test('what is young is collected each time that so many bytes were let go of', (t) => {
  const { state, garbage } = processAt100()
  garbage.released(63 * MEGABYTE)
  t.deepEqual(state.asked, [])
  garbage.released(MEGABYTE)
  t.deepEqual(state.asked, ['minor'])
  garbage.released(63 * MEGABYTE)
  t.is(state.asked.length, 1)
  for (let i = 0; i < 20; i++) garbage.released(64 * MEGABYTE)
  t.deepEqual(state.asked, Array<string>(21).fill('minor'))
})

test('all garbage is collected after many collections of what is young, also of a process that does not seem to grow', async (t) => {
  const { state, garbage } = processAt100()
  for (let i = 0; i < 65; i++) garbage.released(64 * MEGABYTE)
  t.deepEqual(state.asked, [...Array<string>(64).fill('minor'), 'major'])
  await state.end()
  garbage.released(64 * MEGABYTE)
  t.is(state.asked.at(-1), 'minor')
})

test('all garbage is collected when the process has grown, and once for that growth', async (t) => {
  const { state, garbage } = processAt100()
  state.resident = 356 * MEGABYTE
  garbage.released(64 * MEGABYTE)
  state.resident = 357 * MEGABYTE
  garbage.released(64 * MEGABYTE)
  garbage.released(64 * MEGABYTE)
  t.deepEqual(state.asked, ['minor', 'major', 'minor'])
  await state.end()
  // What is left lives: the process may grow from there.
  garbage.released(64 * MEGABYTE)
  state.resident += 256 * MEGABYTE
  garbage.released(64 * MEGABYTE)
  state.resident += 1
  garbage.released(64 * MEGABYTE)
  t.deepEqual(state.asked.slice(3), ['minor', 'minor', 'major'])
})

test('growth counts from the least that the process had', (t) => {
  const { state, garbage } = processAt100()
  state.resident = 30 * MEGABYTE
  garbage.released(64 * MEGABYTE)
  state.resident = 287 * MEGABYTE
  garbage.released(64 * MEGABYTE)
  t.deepEqual(state.asked, ['minor', 'major'])
})
