import test from 'ava'
import { hostCalls } from '../../executor/kernels/host-calls.js'
import type { Kernels } from '../../executor/kernels/interface/generated.js'
import {
  TYPE_ARRAY,
  TYPE_BOOLEAN,
  TYPE_CHILD_BYTES,
  TYPE_CHILD_NODE,
  TYPE_CHILDREN,
  TYPE_KIND,
  TYPE_MAP,
  TYPE_NODE_BYTES,
} from '../../executor/kernels/interface/packed.js'
import { instantiateKernels, kernelsModule } from '../../executor/kernels/load-kernels.js'
import { Random } from '../support/random.js'

const ABORTED = 'aborted'
/** More than this no block may have. */
const MOST_BLOCK = 0x3fff_0000

/** Kernels of a memory of their own, and what they asked of the host. */
function fixture(answer: (kernels: Kernels, bytes: number) => boolean) {
  const linear = new WebAssembly.Memory({ initial: 16, maximum: 65_536 })
  const asked: number[] = []
  const kernels: Kernels = instantiateKernels(kernelsModule(), linear, {
    abort: () => {
      throw new Error(ABORTED)
    },
    moreMemory: (bytes) => {
      asked.push(bytes >>> 0)
      return Number(answer(kernels, bytes >>> 0))
    },
    ...hostCalls(
      () => new DataView(linear.buffer),
      (bytes) => kernels.allocate(bytes),
    ),
  })
  return { kernels, asked, bytes: () => new Uint8Array(linear.buffer) }
}

const inUse = (kernels: Kernels): number => kernels.bytesInUse() >>> 0

test('a block that is just within the budget is given without asking, one byte more is asked for, and refused with its size', (t) => {
  const { kernels, asked } = fixture(() => false)
  const before = inUse(kernels)
  kernels.setMemoryBudget(before + 1000)
  const first = kernels.allocate(1000)
  t.deepEqual(asked, [])
  t.is(kernels.takeRefused(), 0)
  kernels.release(first)
  t.is(inUse(kernels), before)
  t.throws(() => kernels.allocate(1001), { message: ABORTED })
  t.deepEqual(asked, [before + 1001])
  t.is(kernels.takeRefused(), 1001)
  t.is(kernels.takeRefused(), 0)
  t.is(inUse(kernels), before)
})

test('a block that grows asks for what it has in all besides others, and one that shrinks for nothing', (t) => {
  const { kernels, asked } = fixture((own, bytes) => {
    own.setMemoryBudget(bytes)
    return true
  })
  kernels.setMemoryBudget(0)
  const other = kernels.allocate(160)
  const others = inUse(kernels)
  const block = kernels.allocate(320)
  t.deepEqual(asked.splice(0), [160, others + 320])
  kernels.setMemoryBudget(inUse(kernels))
  const grown = kernels.reallocate(block, 3200)
  t.deepEqual(asked.splice(0), [others + 3200])
  t.true(inUse(kernels) >= others + 3200 && inUse(kernels) < others + 3300)
  kernels.setMemoryBudget(0)
  const shrunk = kernels.reallocate(grown, 100)
  t.deepEqual(asked, [])
  kernels.release(shrunk)
  t.is(inUse(kernels), others)
  kernels.release(other)
  t.is(inUse(kernels), 0)
})

test('more than a block can have is refused before anything is asked, and what would not fit into an address as well', (t) => {
  const { kernels, asked } = fixture(() => true)
  for (const bytes of [MOST_BLOCK + 1, 0x7fff_ffff, 0xffff_ffff]) {
    t.throws(() => kernels.allocate(bytes | 0), { message: ABORTED })
    t.is(kernels.takeRefused() >>> 0, bytes)
  }
  const block = kernels.allocate(16)
  t.throws(() => kernels.reallocate(block, MOST_BLOCK + 1), { message: ABORTED })
  t.is(kernels.takeRefused(), MOST_BLOCK + 1)
  t.deepEqual(asked, [])
})

test('blocks keep their bytes while others come and go and grow, are aligned, and are all given back', (t) => {
  const { kernels, bytes } = fixture(() => true)
  const random = new Random(43)
  const blocks: { at: number; size: number; fill: number }[] = []
  const write = (at: number, size: number): number => {
    const fill = random.integer(0, 255)
    bytes().fill(fill, at, at + size)
    return fill
  }
  for (let step = 0; step < 3000; step++) {
    const size = random.pick([0, 1, 15, 16, 17, 100, 1000, 70_000])
    const i = random.integer(0, Math.max(0, blocks.length - 1))
    const block = blocks[i]
    if (block === undefined || (blocks.length < 50 && random.chance(0.5))) {
      const at = kernels.allocate(size) >>> 0
      t.is(at % 16, 0)
      blocks.push({ at, size, fill: write(at, size) })
      continue
    }
    if (
      !bytes()
        .subarray(block.at, block.at + block.size)
        .every((byte) => byte === block.fill)
    )
      t.fail(`step ${step}`)
    if (random.chance(0.5)) {
      kernels.release(block.at)
      blocks.splice(i, 1)
      continue
    }
    const at = kernels.reallocate(block.at, size) >>> 0
    const kept = bytes().subarray(at, at + Math.min(size, block.size))
    if (!kept.every((byte) => byte === block.fill)) t.fail(`what was kept at step ${step}`)
    blocks[i] = { at, size, fill: write(at, size) }
  }
  t.true(inUse(kernels) >= blocks.reduce((sum, { size }) => sum + size, 0))
  for (const { at } of blocks) kernels.release(at)
  t.is(inUse(kernels), 0)
})

/** An array or map of booleans. */
function typeOf(kernels: Kernels, view: () => DataView, kind: number, children: number): number {
  const bytes = TYPE_NODE_BYTES + children * TYPE_CHILD_BYTES
  const type = kernels.allocate(bytes + TYPE_NODE_BYTES)
  const set = (at: number, value: number): void => view().setUint32(type + at, value, true)
  set(TYPE_KIND, kind)
  set(TYPE_CHILDREN, children)
  for (let i = 0; i < children; i++) set(TYPE_NODE_BYTES + i * TYPE_CHILD_BYTES + TYPE_CHILD_NODE, bytes)
  set(bytes + TYPE_KIND, TYPE_BOOLEAN)
  set(bytes + TYPE_CHILDREN, 0)
  return type
}

test('room whose size does not fit into an address is refused by what works on arrays of so many elements', (t) => {
  const { kernels, bytes } = fixture(() => true)
  const view = (): DataView => new DataView(bytes().buffer)
  const count = 2 ** 30
  const array = kernels.allocate(4 + count / 8 + 8)
  view().setInt32(array, count, true)
  bytes().fill(0xff, array + 4 + count / 8, array + 4 + count / 8 + 8)
  const list = typeOf(kernels, view, TYPE_ARRAY, 1)
  const map = typeOf(kernels, view, TYPE_MAP, 2)
  const out = kernels.allocate(16)
  const calls: Record<string, () => unknown> = {
    room: () => kernels.arenaAllocate(0xffff_fffa | 0),
    reverse: () => kernels.packedReverse(list, array, 64, out),
    sort: () => kernels.packedSorted(list, array, 64, 1, 0, out),
    slice: () => kernels.packedSlice(list, array, 64, 1, count, out),
    distinct: () => kernels.packedDistinct(list, array, 64, out),
    common: () => kernels.packedCommon(list, array, 64, 0, 1, out),
    overlaps: () => kernels.packedOverlaps(list, array, 64, 0, out),
    places: () => kernels.packedPlaces(list, array, 64, 0, out),
    equalKey: () => kernels.packedEqualKey(list, array),
    flatten: () => kernels.packedFlatten(list, array, 64, out),
    normalized: () => kernels.packedNormalized(map, array, 64, out),
    shuffle: () => kernels.drawOrder(out, count, out),
    without: () => {
      view().setInt32(array, count + 1, true)
      return kernels.packedWithout(list, array, 64, out)
    },
  }
  for (const [name, call] of Object.entries(calls)) {
    t.throws(call, { message: ABORTED }, name)
    t.true(kernels.takeRefused() >>> 0 > MOST_BLOCK, name)
  }
})
