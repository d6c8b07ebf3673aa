import test from 'ava'
import { field, INT } from '../../columnar/types.js'
import { STATE_BYTES, TABLE_ROWS } from '../../executor/kernels/interface/table.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { STATE_ROW_BYTES } from '../../executor/pipelines/operators/state-row-bytes.js'
import { parsedKey } from '../../executor/user-code/state/cell-keys.js'
import { CellMap } from '../../executor/user-code/state/cell-map.js'
import { FOR_EVER } from '../../executor/user-code/state/cell-value.js'
import { CELL_SCRATCH_BYTES, KeyedCells, NEVER } from '../../executor/user-code/state/keyed-cells.js'
import { ProcessorHandle } from '../../executor/user-code/state/processor-handle.js'
import { Random } from '../support/random.js'

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
  const before = memory.bytesInUse
  for (let i = 0; i < 100; i++) t.is(cells.find(bytes(2 * CELL_SCRATCH_BYTES, 8)), 0)
  t.is(memory.bytesInUse, before, 'what is too long for the scratch memory has some of its own for the time of a call')
})

test('new cells take what is reserved for them beside their bytes, in the moment in which their directory doubles', (t) => {
  const { memory, cells } = newState()
  const bytes = new Uint8Array(8)
  const add = (n: number): void => {
    new DataView(bytes.buffer).setUint32(0, n)
    cells.put(bytes, bytes, NEVER)
  }
  const empty = memory.bytesInUse
  // Five cells of eight places.
  const [places, full] = [2 ** 17, (2 ** 17 * 5) / 8]
  for (let n = 0; n < full; n++) add(n)
  const before = memory.bytesInUse
  add(full)
  t.is(memory.bytesInUse - before, places * 8, 'it has doubled')
  // The one before is there until the new one is filled.
  const aCell = (memory.bytesInUse - empty + places * 8) / full - 2 * bytes.length
  t.true(aCell > 0.9 * STATE_ROW_BYTES && aCell < 1.03 * STATE_ROW_BYTES, `${aCell} bytes, ${STATE_ROW_BYTES} reserved`)
})

test('maps of groups are those that code made, whatever was put, removed and expired in between', (t) => {
  const random = new Random(23)
  const { memory, state, cells } = newState()
  const map = new CellMap(cells, 3, FOR_EVER)
  const groups = [Uint8Array.of(1), Uint8Array.of(1, 2)]
  const models = groups.map(() => new Map<number, { readonly value: number; readonly expires: bigint }>())
  for (let i = 0; i < 3000; i++) {
    const which = random.integer(0, 1)
    const [group, model] = [groups[which]!, models[which]!]
    const key = random.integer(0, 40)
    if (random.chance(0.01)) {
      map.clear(group)
      model.clear()
    } else if (random.chance(0.5)) {
      const [value, expires] = [random.integer(0, 255), random.chance(0.5) ? BigInt(i + random.integer(1, 60)) : NEVER]
      map.put(group, Uint8Array.of(key), Uint8Array.of(value), expires)
      model.set(key, { value, expires })
    } else {
      map.remove(group, Uint8Array.of(key))
      model.delete(key)
    }
    const until = BigInt(i)
    for (let cell = cells.nextExpired(until); cell !== 0; cell = cells.nextExpired(until))
      map.expired(parsedKey(cells.key(cell)))
    for (const each of models) for (const [k, { expires }] of each) if (expires <= until) each.delete(k)
    const keys = [...map.keys(group)].map((bytes) => bytes[0]!)
    t.deepEqual(
      keys.toSorted((a, b) => a - b),
      [...model.keys()].toSorted((a, b) => a - b),
    )
    t.deepEqual(
      keys.map((k) => map.get(group, Uint8Array.of(k))![0]),
      keys.map((k) => model.get(k)!.value),
    )
  }
  for (const group of groups) map.clear(group)
  t.is(memory.view.getUint32(state + TABLE_ROWS, true), 0)
})

test('cells expire at their last time, whichever it is, and each once', (t) => {
  const { cells } = newState()
  const key = (...bytes: readonly number[]) => Uint8Array.from(bytes)
  const expired = (until: bigint): readonly number[] => {
    const keys: number[] = []
    for (let cell = cells.nextExpired(until); cell !== 0; cell = cells.nextExpired(until)) {
      keys.push(cells.key(cell)[0]!)
      cells.delete(cell)
    }
    return keys
  }
  for (const [i, expires] of [0n, -5n, 7n, 7n, NEVER].entries()) cells.put(key(i), key(i), expires)
  cells.put(key(3), key(9), 20n)
  cells.put(key(3), key(9), 7n)
  cells.put(key(2), key(9), 8n)
  t.deepEqual(expired(-6n), [])
  t.deepEqual(expired(-5n), [1])
  t.deepEqual(expired(0n), [0])
  t.deepEqual(expired(7n), [3])
  t.deepEqual(expired(7n), [])
  t.deepEqual(expired(8n), [2])
  t.deepEqual(expired(NEVER - 1n), [])
  t.not(cells.find(key(4)), 0)
})

test('a timer is due when its time is past, and not at it', (t) => {
  const { cells } = newState()
  const batch = { queryId: 'q', batchId: 0, timeMs: 0 }
  const handle = new ProcessorHandle({ cells, batch, variables: [], timeMode: 'processingTime' })
  const group = Uint8Array.of(1)
  handle.group.bytes = group
  for (const timeMs of [1000, -5, 999]) handle.registerTimer(timeMs)
  t.deepEqual(
    [...handle.listTimers()].toSorted((a, b) => a - b),
    [-5, 999, 1000],
  )
  t.deepEqual(handle.expire(-5_000n), [])
  t.deepEqual(
    handle.expire(1_000_000n).map(({ timeMs }) => timeMs),
    [-5, 999],
  )
  const [last] = handle.expire(1_000_001n)
  t.is(last?.timeMs, 1000)
  t.true(handle.isSet(last!))
  handle.take(last!)
  t.false(handle.isSet(last!))
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
