import test from 'ava'
import { field, INT } from '../../columnar/types.js'
import { STATE_BYTES, TABLE_ROWS } from '../../executor/kernels/interface/table.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { CELL_SCRATCH_BYTES, KeyedCells } from '../../executor/user-code/state/keyed-cells.js'
import { ProcessorHandle } from '../../executor/user-code/state/processor-handle.js'

const of = (name: string, kind: 'value' | 'list' | 'map') =>
  ({ name, kind, key: [field('k', INT)], value: [field('n', INT)], ttlMs: 10 }) as const
const VARIABLES = [of('value', 'value'), of('list', 'list'), of('map', 'map')]

test('what has lived its time is gone for who looks, before it is let go, and then nothing is left of it', (t) => {
  const memory = new LinearMemory()
  const state = memory.allocate(STATE_BYTES)
  memory.bytes.fill(0, state, state + STATE_BYTES)
  memory.kernels.groupTableInit(state)
  const cells = new KeyedCells(memory, state, memory.allocate(CELL_SCRATCH_BYTES))
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
  // Longer than what kernels are handed without memory of their own.
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
