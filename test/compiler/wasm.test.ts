import test from 'ava'
import { ModuleCache } from '../../executor/compiler/module-cache.js'
import { ModuleBuilder } from '../../executor/compiler/wasm/module-builder.js'
import { LOAD_OPCODES, STORE_OPCODES } from '../../executor/compiler/wasm/opcodes.js'
import { LANE_OPCODES, SIMD_OPCODES } from '../../executor/compiler/wasm/simd-opcodes.js'
import { i32Constant } from '../../executor/compiler/wasm/types.js'

type Exports = Record<string, (...args: never[]) => unknown>
const memory = new WebAssembly.Memory({ initial: 1 })
const instantiate = (builder: ModuleBuilder, imports: WebAssembly.Imports = {}) =>
  new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes()), { env: { memory }, ...imports })
    .exports as unknown as Exports

test('an empty module is the magic, the version and the import of the memory', (t) => {
  const bytes = new ModuleBuilder().toBytes()
  t.is(Buffer.from(bytes).toString('hex'), '0061736d01000000020f0103656e76066d656d6f7279020000')
})

test('a loop sums an array', (t) => {
  const builder = new ModuleBuilder()
  const f = builder.function(['i32', 'i32'], ['i64'], 'sum')
  const [address, rows] = [f.parameters[0]!, f.parameters[1]!]
  const sum = f.local('i64')
  f.block((done) => {
    f.loop((again) => {
      f.get(rows).op('i32.eqz').brIf(done)
      f.get(sum).get(address).load('i64.load').op('i64.add').set(sum)
      f.get(address).i32(8).op('i32.add').set(address)
      f.get(rows).i32(1).op('i32.sub').set(rows).br(again)
    })
  })
  f.get(sum)
  new BigInt64Array(memory.buffer, 0, 4).set([1n, -20n, 300n, 1n << 60n])
  const { sum: run } = instantiate(builder) as { sum: (address: number, rows: number) => bigint }
  t.is(run(0, 4), 281n + (1n << 60n))
  t.is(run(0, 0), 0n)
})

test('constants of every size survive the encoding', (t) => {
  for (const value of [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 2 ** 31 - 1, -(2 ** 31)]) {
    const builder = new ModuleBuilder()
    builder.function([], ['i32'], 'f').i32(value)
    t.is((instantiate(builder) as { f: () => number }).f(), value)
  }
  for (const value of [0n, -1n, 63n, 64n, -64n, -65n, 1n << 40n, (1n << 63n) - 1n, -(1n << 63n)]) {
    const builder = new ModuleBuilder()
    builder.function([], ['i64'], 'f').i64(value)
    t.is((instantiate(builder) as { f: () => bigint }).f(), value)
  }
  const builder = new ModuleBuilder()
  builder.function([], ['f64'], 'f').f64(-0.1)
  t.is((instantiate(builder) as { f: () => number }).f(), -0.1)
})

test('imports declared while functions are built do not disturb earlier calls', (t) => {
  const builder = new ModuleBuilder()
  const first = builder.importFunction('kernels', 'first', ['i32'], ['i32'])
  const f = builder.function(['i32'], ['i32'], 'f')
  const helper = builder.function(['i32'], ['i32'])
  helper.get(helper.parameters[0]!).i32(1000).op('i32.add')
  const base = builder.importGlobal('env', 'base', 'i32')
  const counter = builder.global(i32Constant(7))
  f.get(f.parameters[0]!).call(first).call(helper.reference)
  f.call(builder.importFunction('kernels', 'second', ['i32'], ['i32']))
  f.get(base).op('i32.add').get(counter).op('i32.add')
  f.get(counter).i32(1).op('i32.add').set(counter)
  t.is(builder.importFunction('kernels', 'first', ['i32'], ['i32']), first)
  const { f: run } = instantiate(builder, {
    kernels: { first: (x: number) => x * 2, second: (x: number) => -x },
    env: { memory, base: 100000 },
  }) as { f: (x: number) => number }
  t.is(run(5), -1010 + 100000 + 7)
  t.is(run(5), -1010 + 100000 + 8)
})

test('branches leave the right block from any depth', (t) => {
  const builder = new ModuleBuilder()
  const f = builder.function(['i32'], ['i32'], 'f')
  const x = f.parameters[0]!
  f.block((outer) => {
    f.block((inner) => {
      f.get(x)
        .i32(1)
        .op('i32.eq')
        .if(
          () => f.br(outer),
          () => f.get(x).i32(2).op('i32.eq').brIf(inner),
        )
      f.i32(30).return()
    })
    f.i32(20).return()
  })
  f.i32(10)
  const { f: run } = instantiate(builder) as { f: (x: number) => number }
  t.deepEqual([run(1), run(2), run(3)], [10, 20, 30])
})

test('a branch table picks by index', (t) => {
  const builder = new ModuleBuilder()
  const f = builder.function(['i32'], ['i32'], 'f')
  f.block((other) => {
    f.block((one) => {
      f.block((zero) => f.get(f.parameters[0]!).brTable([zero, one], other))
      f.i32(100).return()
    })
    f.i32(101).return()
  })
  f.i32(102)
  const { f: run } = instantiate(builder) as { f: (x: number) => number }
  t.deepEqual([run(0), run(1), run(2), run(9)], [100, 101, 102, 102])
})

test('released locals are used again', (t) => {
  const builder = new ModuleBuilder()
  const f = builder.function([], [])
  const a = f.local('i64')
  f.release(a)
  t.is(f.local('i64'), a)
  t.not(f.local('i64'), a)
})

test('vector instructions compute on lanes', (t) => {
  const builder = new ModuleBuilder()
  const f = builder.function(['i32'], ['i64'], 'f')
  const v = f.local('v128')
  f.get(f.parameters[0]!).load('v128.load').i64(5n).op('i64x2.splat').op('i64x2.mul').set(v)
  f.get(v).lane('i64x2.extract_lane', 0).get(v).lane('i64x2.extract_lane', 1).op('i64.add')
  new BigInt64Array(memory.buffer, 64, 2).set([3n, 4n])
  t.is((instantiate(builder) as { f: (x: number) => bigint }).f(64), 35n)
})

/** Parameter types of a vector instruction by its name; enough to validate that each number is the instruction meant. */
function vectorSignature(name: string): { readonly takes: string; readonly gives: 'v128' | 'i32' } {
  if (/any_true|all_true|bitmask/.test(name)) return { takes: 'v', gives: 'i32' }
  if (name.endsWith('.splat'))
    return {
      takes: name.startsWith('i64') ? 'l' : name.startsWith('f32') ? 'f' : name.startsWith('f64') ? 'd' : 'i',
      gives: 'v128',
    }
  if (/shl|shr/.test(name)) return { takes: 'vi', gives: 'v128' }
  if (name.endsWith('bitselect')) return { takes: 'vvv', gives: 'v128' }
  if (/abs|neg|sqrt|floor|popcnt|extend_|convert|v128\.not/.test(name)) return { takes: 'v', gives: 'v128' }
  return { takes: 'vv', gives: 'v128' }
}

test('every vector, load and store instruction has a number that validates', (t) => {
  for (const name of Object.keys(SIMD_OPCODES) as (keyof typeof SIMD_OPCODES)[]) {
    const builder = new ModuleBuilder()
    const { takes, gives } = vectorSignature(name)
    const f = builder.function([], [gives])
    for (const code of takes) {
      if (code === 'v') f.v128(new Uint8Array(16))
      else if (code === 'i') f.i32(0)
      else if (code === 'l') f.i64(0n)
      else if (code === 'f') f.f32(0)
      else f.f64(0)
    }
    f.op(name)
    t.true(WebAssembly.validate(builder.toBytes()), name)
  }
  for (const name of Object.keys(LOAD_OPCODES) as (keyof typeof LOAD_OPCODES)[]) {
    const builder = new ModuleBuilder()
    builder
      .function([], [name.split('.')[0] as 'i32'])
      .i32(0)
      .load(name, 300)
    t.true(WebAssembly.validate(builder.toBytes()), name)
  }
  for (const name of Object.keys(STORE_OPCODES) as (keyof typeof STORE_OPCODES)[]) {
    const builder = new ModuleBuilder()
    const type = name.split('.')[0] as 'i32'
    const f = builder.function([type], []).i32(0)
    f.get({ kind: 'local', type, index: 0 }).store(name, 8)
    t.true(WebAssembly.validate(builder.toBytes()), name)
  }
  t.is(Object.keys(LANE_OPCODES).length, 14)
})

test('the module cache keeps the most recently used', (t) => {
  const cache = new ModuleCache<string>(2)
  const compiled: string[] = []
  const get = (key: string) =>
    cache.getOrCompile(key, () => {
      compiled.push(key)
      return key.toUpperCase()
    })
  t.is(get('a'), 'A')
  get('b')
  get('a')
  get('c')
  get('a')
  get('b')
  t.deepEqual(compiled, ['a', 'b', 'c', 'b'])
  t.is(cache.size, 2)
})
