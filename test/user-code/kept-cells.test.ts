import test from 'ava'
import { field, INT } from '../../columnar/types.js'
import { STATE_BYTES, TABLE_ROWS } from '../../executor/kernels/interface/table.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { CELL_SCRATCH_BYTES, KeyedCells, NEVER } from '../../executor/user-code/state/keyed-cells.js'
import { ProcessorHandle } from '../../executor/user-code/state/processor-handle.js'

const of = (name: string, kind: 'value' | 'list' | 'map') =>
  ({ name, kind, key: [field('k', INT)], value: [field('n', INT)], ttlMs: 10 }) as const
const VARIABLES = [of('value', 'value'), of('list', 'list'), of('map', 'map')]

/** A state without cells, behind whose scratch memory there are bytes that nobody may write. */
function newState() {
  const memory = new LinearMemory()
  const state = memory.allocate(STATE_BYTES)
  memory.bytes.fill(0, state, state + STATE_BYTES)
  memory.kernels.groupTableInit(state)
  const scratch = memory.allocate(2 * CELL_SCRATCH_BYTES)
  memory.bytes.fill(7, scratch, scratch + 2 * CELL_SCRATCH_BYTES)
  const behind = () =>
    memory.bytes.subarray(scratch + CELL_SCRATCH_BYTES, scratch + 2 * CELL_SCRATCH_BYTES).every((byte) => byte === 7)
  return { memory, state, cells: new KeyedCells(memory, state, scratch), behind }
}

test('cells of any size are put, found, replaced and deleted, and write nothing but what is theirs', (t) => {
  const { memory, cells, behind } = newState()
  const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill)
  const held = memory.bytesInUse
  const sizes = [1, 7, 8, 500, CELL_SCRATCH_BYTES, CELL_SCRATCH_BYTES + 1, 5000]
  for (const size of sizes) {
    for (const fill of [1, 2])
      cells.put(bytes(size, 9), bytes(CELL_SCRATCH_BYTES + 1 - Math.min(size, 900), fill), NEVER)
    t.deepEqual(cells.value(cells.find(bytes(size, 9))), bytes(CELL_SCRATCH_BYTES + 1 - Math.min(size, 900), 2))
    t.deepEqual(cells.key(cells.find(bytes(size, 9))), bytes(size, 9))
    t.is(cells.find(bytes(size, 8)), 0)
  }
  t.true(behind())
  for (const size of sizes) cells.delete(cells.find(bytes(size, 9)))
  for (const size of sizes) t.is(cells.find(bytes(size, 9)), 0)
  t.true(memory.bytesInUse < held + 200_000)
})

test('what has lived its time is gone for who looks, before it is let go, and then nothing is left of it', (t) => {
  const { memory, state, cells } = newState()
  const at = (timeMs: number) => {
    const batch = { queryId: 'q', batchId: 0, timeMs }
    const handle = new ProcessorHandle({ cells, batch, variables: VARIABLES, timeMode: 'processingTime' })
    handle.group.bytes = Uint8Array.of(1, 2, 3)
    const [value, list, map] = [handle.getValueState('value'), handle.getListState('list'), handle.getMapState('map')]
    return { handle, value, list, map }
  }
  const first = at(1000)
  first.value.update({ n: 1 })
  first.list.appendList([{ n: 1 }, { n: 2 }])
  for (let k = 0; k < 300; k++) first.map.updateValue({ k }, { n: k })
  at(1005).list.appendValue({ n: 3 })
  const seen = ({ value, list, map }: ReturnType<typeof at>) => [
    value.get(),
    [...list.get()].map(({ n }) => n),
    map.containsKey({ k: 299 }),
    [...map.keys()].length,
  ]
  t.deepEqual(seen(at(1009)), [{ n: 1 }, [1, 2, 3], true, 300])
  t.deepEqual(seen(at(1010)), [undefined, [3], false, 0])
  const rows = (): number => memory.view.getUint32(state + TABLE_ROWS, true)
  t.is(rows(), 1 + 4 + 601)
  t.deepEqual(at(1010).handle.expire(1_010_000n), [])
  // The last item of the list, and between which numbers its items are.
  t.is(rows(), 2)
  t.deepEqual(seen(at(1014)), [undefined, [3], false, 0])
  at(1015).handle.expire(1_015_000n)
  t.is(rows(), 0)
})
