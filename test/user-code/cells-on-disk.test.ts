import test from 'ava'
import {
  KEYED_EXPIRES,
  KEYED_KEY,
  KEYED_MARK,
  KEYED_ROW_BYTES,
  KEYED_VALUE,
} from '../../executor/kernels/interface/keyed-state.js'
import { REF } from '../../executor/kernels/interface/rows.js'
import {
  LIST_ADDRESS,
  LIST_COUNT,
  ROW_DELETED,
  STATE_BYTES,
  STATE_RUNS,
  STATE_TOUCHED,
  TABLE_ROWS,
} from '../../executor/kernels/interface/table.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { GoneHashes } from '../../executor/pipelines/gone-hashes.js'
import { StateDisk } from '../../executor/pipelines/state-disk.js'
import { StateRun } from '../../executor/spill/state-run.js'
import { CELL_SCRATCH_BYTES, KeyedCells, NEVER } from '../../executor/user-code/state/keyed-cells.js'
import { Random } from '../support/random.js'

const REFS = Uint32Array.of(2, KEYED_KEY, REF, KEYED_VALUE, REF)

/** Cells of a state that can leave the memory. */
class Cells {
  readonly memory = new LinearMemory()
  readonly disk: StateDisk
  readonly cells: KeyedCells
  readonly #state: number
  readonly #refs: number

  constructor() {
    const { memory } = this
    this.#state = memory.allocate(STATE_BYTES)
    memory.bytes.fill(0, this.#state, this.#state + STATE_BYTES)
    memory.kernels.groupTableInit(this.#state)
    this.#refs = memory.allocate(REFS.byteLength)
    memory.bytes.set(new Uint8Array(REFS.buffer), this.#refs)
    const layout = { width: KEYED_ROW_BYTES, mark: KEYED_MARK, expires: KEYED_EXPIRES, isChained: false }
    this.disk = new StateDisk(memory, { ...layout, refList: new Uint8Array(REFS.buffer) })
    memory.view.setUint32(this.#state + STATE_RUNS, this.disk.list, true)
    this.cells = new KeyedCells(memory, this.#state, memory.allocate(CELL_SCRATCH_BYTES), {
      bring: (hash) => this.disk.bring(this.#state, hash),
      bringDue: (until) => this.disk.bringDue(this.#state, until),
    })
  }

  get rows(): number {
    return this.memory.view.getUint32(this.#state + TABLE_ROWS, true) + this.disk.rows
  }

  leave(): void {
    this.disk.leave(this.#state)
  }

  /** Ends a batch. @returns what its file would have: keys and values, in order; no value of a cell that was removed */
  settle(): readonly (readonly [key: string, value: string | undefined])[] {
    const { view, bytes, kernels } = this.memory
    const text = (at: number): string => {
      const address = view.getUint32(at, true)
      return Buffer.from(bytes.slice(address, address + view.getUint32(at + 4, true))).toString()
    }
    const list = this.#state + STATE_TOUCHED
    const delta = Array.from({ length: view.getUint32(list + LIST_COUNT, true) }, (_, i) => {
      const row = view.getUint32(view.getUint32(list + LIST_ADDRESS, true) + 4 * i, true)
      const isDeleted = (view.getUint32(row + KEYED_MARK, true) & ROW_DELETED) !== 0
      return [text(row + KEYED_KEY), isDeleted ? undefined : text(row + KEYED_VALUE)] as const
    })
    if (kernels.stateSettle(this.#state, KEYED_MARK, 1) !== 0)
      kernels.stateCompact(this.#state, KEYED_ROW_BYTES, this.#refs, KEYED_MARK, 0)
    return delta
  }

  release(): void {
    this.disk.close()
    this.memory.kernels.stateRelease(this.#state)
  }
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text)

test('cells that leave the memory between and within batches are those that were put, and files tell all that batches changed', (t) => {
  const random = new Random(17)
  const held = new Cells()
  const { cells } = held
  const model = new Map<string, { readonly value: string; readonly expires: bigint }>()
  const files = new Map<string, string>()
  let most = 0
  for (let batch = 0; batch < 60; batch++) {
    for (let i = 0; i < 300; i++) {
      const key = `key ${random.integer(0, 1500)}`
      if (random.chance(0.02)) held.leave()
      if (random.chance(0.6)) {
        const value = 'v'.repeat(random.integer(0, 40)) + batch
        const expires = random.chance(0.3) ? BigInt(batch + random.integer(1, 12)) : NEVER
        cells.put(bytesOf(key), bytesOf(value), expires)
        model.set(key, { value, expires })
      } else if (random.chance(0.5)) {
        cells.deleteKey(bytesOf(key))
        model.delete(key)
      } else {
        const cell = cells.find(bytesOf(key))
        const known = model.get(key)
        t.is(cell === 0 ? undefined : Buffer.from(cells.value(cell)).toString(), known?.value)
        if (known) t.is(cells.expires(cell), known.expires)
      }
    }
    const until = BigInt(batch)
    cells.bringExpired(until)
    t.true(held.disk.leastExpiry > until, 'no cell on disk has expired')
    const expired: string[] = []
    for (let cell = cells.nextExpired(until); cell !== 0; cell = cells.nextExpired(until)) {
      expired.push(Buffer.from(cells.key(cell)).toString())
      cells.delete(cell)
    }
    const due = [...model].flatMap(([key, { expires }]) => (expires <= until ? [key] : []))
    t.deepEqual(expired.toSorted(), due.toSorted())
    for (const key of due) model.delete(key)
    if (random.chance(0.3)) held.leave()
    for (const [key, value] of held.settle()) {
      if (value === undefined) files.delete(key)
      else files.set(key, value)
    }
    t.deepEqual(
      new Map([...files].toSorted()),
      new Map([...model].map(([key, { value }]) => [key, value] as const).toSorted()),
    )
    t.is(held.rows, model.size)
    if (random.chance(0.3)) held.leave()
    most = Math.max(most, held.disk.rows)
  }
  t.true(most > 300, 'rows are on disk')
  held.release()
})

test.serial('a hash of which all rows have come back is not looked for on disk again until rows leave', (t) => {
  const held = new Cells()
  const { cells } = held
  const key = bytesOf('often gone')
  for (let i = 0; i < 2000; i++) cells.put(bytesOf(`key ${i}`), bytesOf('v'), NEVER)
  cells.put(key, bytesOf('v'), NEVER)
  held.settle()
  held.leave()
  const load = StateRun.prototype.load
  let loads = 0
  StateRun.prototype.load = function (page) {
    loads++
    return load.call(this, page)
  }
  try {
    for (let i = 0; i < 100; i++) {
      t.is(cells.find(key) === 0, i > 0)
      cells.deleteKey(key)
    }
    t.is(loads, 1)
    cells.put(key, bytesOf('again'), NEVER)
    held.settle()
    held.leave()
    t.is(Buffer.from(cells.value(cells.find(key))).toString(), 'again')
    t.true(loads > 1)
  } finally {
    StateRun.prototype.load = load
    held.release()
  }
})

test('memory is given back when cells that left it are freed', (t) => {
  const held = new Cells()
  const before = held.memory.bytesInUse
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 500; i++) held.cells.put(bytesOf(`${round} ${i}`), bytesOf('v'.repeat(30)), BigInt(i))
    held.settle()
    held.leave()
    held.cells.bringExpired(100n)
  }
  held.release()
  t.true(held.memory.bytesInUse <= before)
})

test('no hash is known to be gone before it was told', (t) => {
  const gone = new GoneHashes()
  for (let hash = 0; hash < 5000; hash++) t.true(gone.add(hash), String(hash))
  t.false(gone.add(4999))
})
