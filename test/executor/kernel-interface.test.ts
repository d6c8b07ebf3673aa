import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { compileExpression } from '../../executor/compiler/expression/compile.js'
import { CompilerContext } from '../../executor/compiler/expression/context.js'
import { finishProgram } from '../../executor/compiler/program.js'
import { ByteBuffer } from '../../executor/compiler/wasm/byte-buffer.js'
import { ByteReader } from '../../executor/compiler/wasm/byte-reader.js'
import type { FunctionBuilder } from '../../executor/compiler/wasm/function-builder.js'
import { compileKernels } from '../../executor/kernels/load-kernels.js'
import { constantOf, functionOf, MEMORY, moduleInterface } from '../../executor/kernels/module-interface.js'
import { threadDataOnce } from '../../executor/thread-data.js'
import { raised } from '../support/raised.js'

const KERNELS = readFileSync(new URL('../../executor/kernels/kernels.wasm', import.meta.url))

/** The kernels with names in the binary replaced by others of the same length. */
function renamed(...names: readonly (readonly [from: string, to: string])[]): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(KERNELS)
  const encoded = (name: string): Buffer => Buffer.concat([Uint8Array.of(name.length), Buffer.from(name)])
  const places = names.map(([from]) => bytes.indexOf(encoded(from)))
  names.forEach(([, to], i) => {
    encoded(to).copy(bytes, places[i])
  })
  return bytes
}

const swapped = (a: string, b: string): Uint8Array<ArrayBuffer> => renamed([a, b], [b, a])

async function refusal(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  try {
    await compileKernels(bytes)
  } catch (error) {
    if (error instanceof MillraceError && error.condition === 'KERNELS_MISMATCH') return error.parameters['differences']
    throw error
  }
  return undefined
}

test('kernels are taken when they are those that are declared', async (t) => {
  t.is(await refusal(KERNELS), undefined)
})

test('kernels that lack an export, or have one that is not declared, are refused', async (t) => {
  t.is(
    await refusal(renamed(['joinFinish', 'joinFinisz'])),
    'the export joinFinish is missing, the export joinFinisz is unknown',
  )
})

test('kernels that import what the host does not offer are refused', async (t) => {
  t.is(
    await refusal(renamed(['zoneRules', 'zoneRulez'])),
    'the import env.zoneRules is missing, the import env.zoneRulez is unknown',
  )
})

test('kernels whose functions take or return other types are refused', async (t) => {
  t.is(
    await refusal(swapped('parseLong', 'storeNext')),
    'the export parseLong is a function (i32 -> i32) instead of a function (i32 i32 i32 -> i32), ' +
      'the export storeNext is a function (i32 i32 i32 -> i32) instead of a function (i32 -> i32)',
  )
})

test('kernels of another layout are refused: two offsets or two codes that were swapped', async (t) => {
  t.is(
    await refusal(swapped('TABLE_MASK', 'TABLE_ROWS')),
    'the export TABLE_MASK is the constant 8 instead of the constant 4, ' +
      'the export TABLE_ROWS is the constant 4 instead of the constant 8',
  )
  for (const [a, b] of [
    ['JSON_DOUBLE', 'JSON_BIGINT'],
    ['STORE_NEXT', 'STORE_LAST'],
    ['LEAF_DATA', 'LEAF_USED'],
    ['RECORDS_FROM', 'RECORDS_TYPE'],
    ['APPEND_FULL', 'APPEND_DONE'],
    ['CURSOR_WIDTH', 'CURSOR_VALUE'],
    ['PLAIN_INT32_TO_INT64', 'PLAIN_FIXED_TO_INT64'],
    ['LIKE_ANY', 'LIKE_ONE'],
    ['RESULT_LOW', 'STORE_SIZE'],
    ['RANGE_LEAST', 'RANGE_BYTES'],
    ['ZONE_ANSWER_BYTES', 'ZONE_ANSWER_COUNT'],
  ] as const) {
    t.regex(String(await refusal(swapped(a, b))), new RegExp(`${a} is the constant`), `${a} ${b}`)
  }
})

test('many differences are counted, not listed', async (t) => {
  const names = ['dayOfDate', 'parseLong', 'parseDate', 'storeNext', 'topFinish', 'crc32c'].map(
    (name) => [name, name.replace(/.$/, 'X')] as const,
  )
  t.regex(
    String(await refusal(renamed(...names))),
    /^(the export \w+ is missing, ){4}the export \w+ is missing and 7 more$/,
  )
})

test('an executor whose kernels are of another build fails before a task runs', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kernels-'))
  try {
    const file = join(folder, 'kernels.wasm')
    writeFileSync(file, swapped('TABLE_MASK', 'TABLE_ROWS'))
    const load = threadDataOnce({
      entry: '',
      taskModule: '',
      connectorModule: undefined,
      kernels: pathToFileURL(file).href,
    })
    await raised(t, load(), 'KERNELS_MISMATCH')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('generated code that calls a kernel with other arguments does not become a program', (t) => {
  const finish = (call: (f: FunctionBuilder, context: CompilerContext) => void) => {
    const context = new CompilerContext([], compileExpression)
    call(context.module.function([], ['i32'], 'run'), context)
    return finishProgram(context)
  }
  t.notThrows(() => finish((f, context) => f.i32(1).i32(2).i32(3).call(context.kernel('bytesEqual'))))
  const faults: readonly ((f: FunctionBuilder, context: CompilerContext) => void)[] = [
    (f, context) => f.i32(1).i32(2).call(context.kernel('bytesEqual')),
    (f, context) => f.i32(1).i32(2).i32(3).i32(4).call(context.kernel('bytesEqual')),
    (f, context) => f.i32(1).i32(2).i64(3n).call(context.kernel('bytesEqual')),
    (f, context) => f.i32(1).call(context.hostFunction('flushBlock')),
  ]
  for (const fault of faults) t.throws(() => finish(fault), { instanceOf: WebAssembly.CompileError })
})

test('a kernel or a function of the host that there is not cannot be named', (t) => {
  const context = new CompilerContext([], compileExpression)
  // @ts-expect-error: no such kernel
  t.throws(() => context.kernel('bytesEqua'))
  // @ts-expect-error: it is the host's
  t.throws(() => context.kernel('flushBlock'))
  // @ts-expect-error: no such function
  t.throws(() => context.hostFunction('bytesEqual'))
})

test('the interface of a module is read whatever limits its memory has and whatever its globals hold', (t) => {
  const [FUNCTION, MEMORY_KIND, GLOBAL] = [0, 2, 3]
  const { imports, exports } = moduleInterface(
    moduleOf({
      1: [
        (b) => b.append(Uint8Array.of(0x60, 2, 0x7e, 0x7d, 1, 0x7c)),
        (b) => b.append(Uint8Array.of(0x60, 1, 0x7f, 0)),
      ],
      2: [
        (b) => named(b, ['env', 'memory'], MEMORY_KIND, 1, 16, 32),
        (b) => named(b, ['host', 'ask'], FUNCTION, 0),
        (b) => named(b, ['host', 'tell'], FUNCTION, 1),
      ],
      3: [(b) => b.unsigned(1)],
      6: [
        (b) => globalOf(b, 0x7e, 0, 0x42, (of) => of.signed64(-(1n << 40n))),
        (b) => globalOf(b, 0x7d, 0, 0x43, (of) => of.float32(1.5)),
        (b) => globalOf(b, 0x7c, 0, 0x44, (of) => of.float64(-2)),
        (b) => globalOf(b, 0x7f, 0, 0x41, (of) => of.signed32(-70000)),
        (b) => globalOf(b, 0x7f, 1, 0x41, (of) => of.signed32(7)),
      ],
      7: [
        (b) => named(b, ['run'], FUNCTION, 2),
        (b) => named(b, ['again'], FUNCTION, 0),
        (b) => named(b, ['wide'], GLOBAL, 0),
        (b) => named(b, ['constant'], GLOBAL, 3),
        (b) => named(b, ['last'], GLOBAL, 4),
      ],
    }),
  )
  t.deepEqual(Object.fromEntries(imports), {
    'env.memory': MEMORY,
    'host.ask': functionOf('i64 f32 -> f64'),
    'host.tell': functionOf('i32 ->'),
  })
  t.deepEqual(Object.fromEntries(exports), {
    run: functionOf('i32 ->'),
    again: functionOf('i64 f32 -> f64'),
    wide: 'a variable',
    constant: constantOf(-70000),
    last: 'a variable',
  })
})

type Write = (bytes: ByteBuffer) => void

/** A module with the sections given, each a list of items; it is valid. */
function moduleOf(sections: Readonly<Record<number, readonly Write[]>>): Uint8Array<ArrayBuffer> {
  const out = new ByteBuffer(512)
  out.append(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
  const section = (id: number, items: readonly Write[]): void => {
    const content = new ByteBuffer(256)
    content.unsigned(items.length)
    for (const write of items) write(content)
    out.byte(id)
    out.unsigned(content.length)
    out.append(content.bytes)
  }
  for (const [id, items] of Object.entries(sections)) section(Number(id), items)
  section(10, [(b) => b.append(Uint8Array.of(2, 0, 0x0b))])
  const bytes = Uint8Array.from(out.bytes)
  new WebAssembly.Module(bytes)
  return bytes
}

function named(bytes: ByteBuffer, names: readonly string[], ...rest: readonly number[]): void {
  for (const name of names) bytes.name(name)
  bytes.append(Uint8Array.from(rest))
}

function globalOf(bytes: ByteBuffer, type: number, mutable: number, opcode: number, value: Write): void {
  bytes.append(Uint8Array.of(type, mutable, opcode))
  value(bytes)
  bytes.byte(0x0b)
}

test('kernels call each other directly: what a constant holds would be loaded and called by a table for each row', (t) => {
  const TABLES = 4
  const reader = new ByteReader(KERNELS, 8)
  const sections: number[] = []
  while (!reader.isAtEnd) {
    sections.push(reader.byte())
    const length = reader.unsigned()
    reader.at += length
  }
  t.false(sections.includes(TABLES))
})

test('numbers are read from bytes as they were written', (t) => {
  for (const value of [0, 1, 63, 64, 96, 127, 128, -1, -64, -65, 70000, -70000, 2 ** 31 - 1, -(2 ** 31)]) {
    const bytes = new ByteBuffer(16)
    bytes.signed32(value)
    bytes.unsigned(value >>> 0)
    const reader = new ByteReader(bytes.bytes)
    t.deepEqual([reader.signed32(), reader.unsigned(), reader.isAtEnd], [value, value >>> 0, true])
  }
})
