import { shapeOf } from '../../../columnar/shape.js'
import { type DataType, isShortDecimal } from '../../../columnar/types.js'
import { append } from '../../../common/append.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import { i32Constant, type Label, type Local, type Operand } from '../../compiler/wasm/types.js'
import { mix, pushDoubleBits } from './key-words.js'
import type { RowRef } from './row-refs.js'
import type { TablePlace } from './table-place.js'
import { compareText, loadText, SECOND_WORD, storeText, TEXT_KEY_BYTES, type TextKey, textKey } from './text-key.js'

/** A word of the null mask has a bit for so many nullable parts. */
const MASK_BITS = 32
const MASK_BYTES = MASK_BITS / 8

/** A leaf of a key: where it lies in a row, and the number of the bit of the null mask that says it is NULL. */
interface KeyPart {
  readonly type: DataType
  readonly offset: number
  readonly nullBit: number | undefined
  readonly fields: readonly KeyPart[]
}

/** A part of a key for the current row as words that are equal when the values are; 0 under a NULL. */
type Word =
  | { readonly kind: 'word'; readonly part: KeyPart; readonly offset: number; readonly word: Operand }
  | { readonly kind: 'text'; readonly part: KeyPart; readonly text: TextKey }

/** Keys of the current row, ready to be hashed, compared and stored. */
export interface PreparedKey {
  readonly words: readonly Word[]
  /** The words of the null mask. */
  readonly masks: readonly Operand[]
}

/**
 * How keys lie in a row of a hash table: a null mask where one may be NULL, then words. Strings take two: up to fifteen bytes
 * with their number in the last one, so that short strings are compared as numbers; longer ones have their hash and a ref there.
 */
export class KeyLayout {
  readonly width: number
  readonly #context: CompilerContext
  readonly #parts: readonly KeyPart[]
  readonly #maskOffset: number
  readonly #masks: number

  constructor(
    context: CompilerContext,
    keys: readonly { readonly type: DataType; readonly nullable: boolean }[],
    offset: number,
  ) {
    this.#context = context
    this.#maskOffset = offset
    this.#masks = Math.ceil(sum(keys, ({ type, nullable }) => nullableParts(type, nullable)) / MASK_BITS)
    let next = offset + ((this.#masks * MASK_BYTES + 7) & ~7)
    let bits = 0
    const place = (type: DataType, nullable: boolean): KeyPart => {
      const shape = shapeOf(type)
      const nullBit = nullable ? bits++ : undefined
      const at = next
      if (shape === 'bytes') next += TEXT_KEY_BYTES
      else if (shape === 'wide') next += 16
      else if (shape !== 'struct') next += 8
      const fields = type.kind === 'struct' ? type.fields.map((x) => place(x.type, true)) : []
      return { type, offset: at, nullBit, fields }
    }
    this.#parts = keys.map((key) => place(key.type, key.nullable))
    this.width = next - offset
  }

  /** The refs to the bytes of long strings in a row. */
  get refs(): readonly RowRef[] {
    const refsOf = ({ type, offset, fields }: KeyPart): readonly RowRef[] =>
      shapeOf(type) === 'bytes' ? [{ offset: offset + SECOND_WORD, kind: 'ifLong' }] : fields.flatMap(refsOf)
    return this.#parts.flatMap(refsOf)
  }

  get hasStrings(): boolean {
    return this.refs.length > 0
  }

  /** Computes the words of keys. */
  prepare(f: FunctionBuilder, values: readonly Value[]): PreparedKey {
    const words: Word[] = []
    const flags: { readonly isNull: Operand; readonly bit: number }[] = []
    const visit = (part: KeyPart, value: Value, outerNull: Operand | undefined) => {
      const isNull = part.nullBit === undefined ? outerNull : eitherNull(f, value.isNull, outerNull)
      if (isNull && part.nullBit !== undefined) flags.push({ isNull, bit: part.nullBit })
      if (value.kind === 'struct') for (const [i, x] of part.fields.entries()) visit(x, value.fields[i]!, isNull)
      else append(words, this.#wordsOf(f, part, value, isNull))
    }
    for (const [i, part] of this.#parts.entries()) visit(part, values[i]!, undefined)
    const masks = Array.from({ length: this.#masks }, (_, word): Operand => {
      const own = flags.filter(({ bit }) => Math.floor(bit / MASK_BITS) === word)
      own.forEach(({ isNull, bit }, i) => {
        f.get(isNull)
          .i32(bit % MASK_BITS)
          .op('i32.shl')
        if (i > 0) f.op('i32.or')
      })
      return own.length === 0 ? i32Constant(0) : f.setNew('i32')
    })
    return { words, masks }
  }

  #wordsOf(f: FunctionBuilder, part: KeyPart, value: Value, isNull: Operand | undefined): Word[] {
    const nulled = (type: 'i32' | 'i64'): Local => {
      if (isNull) {
        if (type === 'i64') f.i64(0n)
        else f.i32(0)
        f.get(isNull).op('i32.eqz').select()
      }
      return f.setNew(type)
    }
    if (value.kind === 'wide') {
      f.get(value.low)
      const low = nulled('i64')
      f.get(value.high)
      return [
        { kind: 'word', part, offset: part.offset, word: low },
        { kind: 'word', part, offset: part.offset + 8, word: nulled('i64') },
      ]
    }
    if (value.kind === 'bytes') return [{ kind: 'text', part, text: textKey(this.#context, f, value, isNull) }]
    if (value.kind === 'struct') return []
    const type = value.value.type
    if (type === 'f64') pushDoubleBits(f, value.value)
    else if (type === 'f32') {
      f.get(value.value).op('f64.promote_f32')
      pushDoubleBits(f, f.setNew('f64'))
    } else f.get(value.value)
    return [{ kind: 'word', part, offset: part.offset, word: nulled(type === 'i32' ? 'i32' : 'i64') }]
  }

  /** The hash of keys, 64 bits: by value, the same on every thread and for nullable and other columns alike. */
  hash(f: FunctionBuilder, key: PreparedKey): Local {
    const hash = f.local('i64')
    key.words.forEach((word, i) => {
      if (i > 0) f.get(hash)
      const hashed = word.kind === 'text' ? word.text.hashed : word.word
      f.get(hashed)
      if (hashed.type === 'i32') f.op('i64.extend_i32_s')
      if (i > 0) f.op('i64.xor')
      mix(f, hash)
    })
    if (key.words.length === 0) f.i64(0n).set(hash)
    return hash
  }

  /** Goes to `different` unless the keys are those of a row. */
  compare(f: FunctionBuilder, row: Operand, key: PreparedKey, different: Label): void {
    key.masks.forEach((mask, i) => {
      f.get(row)
        .load('i32.load', this.#maskOffset + i * MASK_BYTES)
        .get(mask)
        .op('i32.ne')
        .brIf(different)
    })
    for (const word of key.words) {
      if (word.kind === 'word') {
        const { type } = word.word
        f.get(row).load(type === 'i32' ? 'i32.load' : 'i64.load', word.offset)
        f.get(word.word)
          .op(type === 'i32' ? 'i32.ne' : 'i64.ne')
          .brIf(different)
        continue
      }
      compareText(this.#context, f, [row, word.part.offset], word.text, different)
    }
  }

  /** Writes the keys into a row. Long strings are copied to the store of a table. */
  store(f: FunctionBuilder, row: Operand, key: PreparedKey, table: TablePlace): void {
    key.masks.forEach((mask, i) => {
      f.get(row)
        .get(mask)
        .store('i32.store', this.#maskOffset + i * MASK_BYTES)
    })
    for (const word of key.words) {
      if (word.kind === 'word') {
        f.get(row)
          .get(word.word)
          .store(word.word.type === 'i32' ? 'i32.store' : 'i64.store', word.offset)
        continue
      }
      storeText(this.#context, f, [row, word.part.offset], word.text, table)
    }
  }

  /** Loads a key from a row. */
  load(f: FunctionBuilder, row: Operand, index: number): Value {
    return this.#load(f, row, this.#parts[index]!)
  }

  #load(f: FunctionBuilder, row: Operand, part: KeyPart): Value {
    const { type, offset } = part
    const isNull = part.nullBit === undefined ? undefined : this.#loadNullFlag(f, row, part.nullBit)
    if (type.kind === 'struct') {
      return { kind: 'struct', type, fields: part.fields.map((x) => this.#load(f, row, x)), isNull }
    }
    const shape = shapeOf(type)
    if (shape === 'bytes') return { kind: 'bytes', type, ...loadText(f, row, offset), isNull }
    if (type.kind === 'decimal' && !isShortDecimal(type)) {
      f.get(row).load('i64.load', offset)
      const low = f.setNew('i64')
      f.get(row).load('i64.load', offset + 8)
      return { kind: 'wide', type, low, high: f.setNew('i64'), narrow: undefined, isNull }
    }
    f.get(row)
    if (shape === 'i32') f.load('i32.load', offset)
    else if (shape === 'i64') f.load('i64.load', offset)
    else f.load('f64.load', offset)
    if (shape === 'f32') f.op('f32.demote_f64')
    return { kind: 'scalar', type, value: f.setNew(shape as 'i32' | 'i64' | 'f32' | 'f64'), isNull }
  }

  #loadNullFlag(f: FunctionBuilder, row: Operand, bit: number): Local {
    const at = this.#maskOffset + Math.floor(bit / MASK_BITS) * MASK_BYTES
    return f
      .get(row)
      .load('i32.load', at)
      .i32(bit % MASK_BITS)
      .op('i32.shr_u')
      .i32(1)
      .op('i32.and')
      .setNew('i32')
  }
}

const sum = <T>(of: readonly T[], count: (member: T) => number): number =>
  of.reduce((total, member) => total + count(member), 0)

/** How many parts of a key have a bit in the null mask: of a struct all fields, which may be NULL with it. */
function nullableParts(type: DataType, nullable: boolean): number {
  const fields = type.kind === 'struct' ? sum(type.fields, (x) => nullableParts(x.type, true)) : 0
  return fields + (nullable ? 1 : 0)
}

function eitherNull(f: FunctionBuilder, a: Operand | undefined, b: Operand | undefined): Operand | undefined {
  if (!a || !b) return a ?? b
  return f.get(a).get(b).op('i32.or').setNew('i32')
}
