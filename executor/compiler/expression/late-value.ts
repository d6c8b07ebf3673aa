import { shapeOf } from '../../../columnar/shape.js'
import type { DataType } from '../../../columnar/types.js'
import type { LiteralValue } from '../../../planner/plan/expression/literal.js'
import type { LateConstant, OfLiterals } from '../late-literals.js'
import type { Constant, Global } from '../wasm/types.js'
import type { CompilerContext } from './context.js'
import { type KnownBytes, wordOf } from './known-bytes.js'
import { unsupportedType } from './slots.js'
import type { Value } from './value.js'

/** A part of a literal that is one value of WebAssembly. */
interface Part {
  readonly type: LateConstant['type']
  readonly of: (value: LiteralValue) => number | bigint
}

const toLow = (value: LiteralValue): bigint => BigInt.asIntN(64, BigInt(value as bigint))
const toHigh = (value: LiteralValue): bigint => BigInt(value as bigint) >> 64n
const bytesOf = (value: LiteralValue): Uint8Array => Buffer.from(String(value))

const PARTS = {
  i32: { type: 'i32', of: Number },
  i64: { type: 'i64', of: (value) => BigInt(value as bigint) },
  f32: { type: 'f32', of: Number },
  f64: { type: 'f64', of: Number },
  low: { type: 'i64', of: toLow },
  high: { type: 'i64', of: toHigh },
  narrow: { type: 'i32', of: (value) => (toLow(value) === value ? 1 : 0) },
  length: { type: 'i32', of: (value) => bytesOf(value).length },
} as const satisfies Record<string, Part>

/** A numbered literal as the compiler holds it: imported, and asked for what code must know of it. */
export function lateValue(type: DataType, number: number, context: CompilerContext): Value {
  const isNull = undefined
  const part = (name: keyof typeof PARTS): Constant => latePart(context, number, name)
  const shape = shapeOf(type)
  switch (shape) {
    case 'i32':
    case 'i64':
    case 'f32':
    case 'f64':
      return { kind: 'scalar', type, value: part(shape), isNull }
    case 'bytes': {
      const address = context.late(`${number}.address`, { type: 'i32', value: addressOf(number) })
      return { kind: 'bytes', type, address, length: part('length'), constant: lateBytes(context, number), isNull }
    }
    default: {
      if (type.kind !== 'decimal') throw unsupportedType(type)
      return { kind: 'wide', type, low: part('low'), high: part('high'), narrow: part('narrow'), isNull }
    }
  }
}

function latePart(context: CompilerContext, number: number, name: keyof typeof PARTS): Constant {
  const { type, of }: Part = PARTS[name]
  return lateConstant(context, `${number}.${name}`, type, ofLiteral(number, of), [number])
}

/** Functions of nothing but their arguments, since compiled code keeps them. */
const addressOf =
  (number: number): LateConstant['value'] =>
  (_read, addressOfText) =>
    addressOfText(number)
const ofLiteral =
  <T>(number: number, of: (value: LiteralValue) => T): OfLiterals<T> =>
  (read) =>
    of(read(number))
const wordOfLiteral =
  (offset: number, size: number) =>
  (value: LiteralValue): bigint =>
    wordOf(bytesOf(value), offset, size)
const composed =
  <T>(of: OfLiterals<number | bigint>, question: (value: number | bigint) => T): OfLiterals<T> =>
  (read) =>
    question(of(read))

/** A constant that follows from literals. It is imported until code depends on all of them anyway. */
export function lateConstant(
  context: CompilerContext,
  key: string | undefined,
  type: LateConstant['type'],
  of: OfLiterals<number | bigint>,
  numbers: readonly number[],
): Constant {
  const { literals } = context
  const constant = {
    kind: 'constant',
    type,
    get value(): number | bigint {
      for (const number of numbers) literals.valueOf(number)
      return literals.ask(of)
    },
    get late(): Constant['late'] {
      if (numbers.every((number) => literals.isKnown(number))) return undefined
      return {
        get global(): Global {
          return context.late(key, { type, value: of })
        },
        ask: (question) => literals.ask(composed(of, question)),
      }
    },
  }
  return constant as Constant
}

function lateBytes(context: CompilerContext, number: number): KnownBytes {
  return {
    get length() {
      return context.literals.ask(ofLiteral(number, PARTS.length.of))
    },
    word: (offset, size) =>
      lateConstant(context, `${number}.${offset}+${size}`, 'i64', ofLiteral(number, wordOfLiteral(offset, size)), [
        number,
      ]),
  }
}
