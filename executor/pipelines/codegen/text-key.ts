import type { CompilerContext } from '../../compiler/expression/context.js'
import type { BytesValue } from '../../compiler/expression/value.js'
import { normalized } from '../../compiler/nested/normalized.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Label, Local, Operand } from '../../compiler/wasm/types.js'
import { INLINE_TEXT_BYTES, LONG_TEXT } from '../../kernels/interface/rows.js'
import { TABLE_STRING_STORE } from '../../kernels/interface/table.js'
import { HASHED_WORD, WORD_LENGTH_SHIFT, WORD_STRING_BYTES } from '../../kernels/interface/text.js'
import { mix } from './key-words.js'
import type { TablePlace } from './table-place.js'

export const TEXT_KEY_BYTES = 16
/** Where the second word of a text begins: of a long one its address. */
export const SECOND_WORD = 8

/** So many bytes are in the first word of a text. */
const FIRST_BYTES = 8
const LENGTH_LANE = 15
const LENGTH_SHIFT = BigInt(WORD_LENGTH_SHIFT)
const BELOW_LENGTH = (1n << LENGTH_SHIFT) - 1n
/** The places of the bytes of a vector, to be compared with a length. */
const PLACES = Uint8Array.from({ length: TEXT_KEY_BYTES }, (_, i) => i)

/** A text of the current row among keys: two words as they lie in rows, but for the address of a long one; zeros under a NULL. */
export interface TextKey {
  readonly low: Local
  readonly high: Local
  /** What stands for it in hashes: the same whatever its words are. */
  readonly hashed: Local
  readonly address: Operand
  readonly length: Operand
}

export function textKey(
  context: CompilerContext,
  f: FunctionBuilder,
  value: BytesValue,
  isNull: Operand | undefined,
): TextKey {
  if (value.words) {
    // What has its words at hand was a key before, and so is in its one form.
    const { address, length } = value
    const [low, high] = value.words.map((word) => zeroIf(f, word, isNull))
    return { ...fromWords(f, low!, high!), address, length }
  }
  const { address, length: some } = normalized(context, f, value)
  const length = zeroIf(f, some, isNull)
  return { ...fromBytes(context, f, address, length), address, length }
}

/** A local with an operand, or with 0 where something is NULL. */
function zeroIf(f: FunctionBuilder, operand: Operand, isNull: Operand | undefined): Local {
  if (isNull) {
    if (operand.type === 'i64') f.i64(0n)
    else f.i32(0)
  }
  f.get(operand)
  if (isNull) f.get(isNull).select()
  return f.setNew(operand.type)
}

type Words = Pick<TextKey, 'low' | 'high' | 'hashed'>

function fromWords(f: FunctionBuilder, low: Local, high: Local): Words {
  const hashed = f.local('i64')
  pushIsLong(f, high)
  f.if(
    () => f.get(low).set(hashed),
    () => hashShort(f, { low, high, hashed }),
  )
  return { low, high, hashed }
}

/** Sixteen bytes can be loaded wherever one can. */
function fromBytes(context: CompilerContext, f: FunctionBuilder, address: Operand, length: Operand): Words {
  const words = { low: f.local('i64'), high: f.local('i64'), hashed: f.local('i64') }
  f.get(length).i32(INLINE_TEXT_BYTES).op('i32.gt_u')
  f.if(
    () => {
      f.get(address).get(length).call(context.kernel('stringWord')).tee(words.low).set(words.hashed)
      f.get(length).i32(LONG_TEXT).op('i32.or').op('i64.extend_i32_u').i64(32n).op('i64.shl').set(words.high)
    },
    () => {
      f.get(address).load('v128.load').v128(PLACES).get(length).op('i8x16.splat').op('i8x16.lt_u').op('v128.and')
      const text = f.get(length).lane('i8x16.replace_lane', LENGTH_LANE).setNew('v128')
      f.get(text).lane('i64x2.extract_lane', 0).set(words.low)
      f.get(text).lane('i64x2.extract_lane', 1).set(words.high)
      f.release(text)
      hashShort(f, words)
    },
  )
  return words
}

/** In line what the kernel `stringWord` gives for a text that lies in its words. */
function hashShort(f: FunctionBuilder, { low, high, hashed }: Words): void {
  const pushIsLonger = (bytes: number): FunctionBuilder =>
    f
      .get(high)
      .i64(BigInt(bytes + 1) << LENGTH_SHIFT)
      .op('i64.ge_u')
  pushIsLonger(WORD_STRING_BYTES)
  f.if(
    () => {
      f.get(high).i64(LENGTH_SHIFT).op('i64.shr_u').get(low).op('i64.xor')
      mix(f, hashed)
      pushIsLonger(FIRST_BYTES)
      f.if(() => {
        f.get(high).i64(BELOW_LENGTH).op('i64.and').get(hashed).op('i64.xor')
        mix(f, hashed)
      })
      f.get(hashed)
        .i64(64n - LENGTH_SHIFT)
        .op('i64.shr_u')
      f.i64(BigInt.asIntN(64, BigInt(HASHED_WORD) << LENGTH_SHIFT))
        .op('i64.or')
        .set(hashed)
    },
    () => f.get(low).get(high).op('i64.or').set(hashed),
  )
}

/** Pushes whether the bytes of a text lie elsewhere: the length above its second word has a bit for it. */
const pushIsLong = (f: FunctionBuilder, high: Operand): FunctionBuilder => f.get(high).i64(0n).op('i64.lt_s')

/** Goes to `different` unless a text is the one at an offset in a row. */
export function compareText(
  context: CompilerContext,
  f: FunctionBuilder,
  [row, offset]: readonly [Operand, number],
  text: TextKey,
  different: Label,
): void {
  f.get(row).load('i64.load', offset).get(text.low).op('i64.ne').brIf(different)
  f.get(row).load('i64.load', offset + SECOND_WORD)
  const apart = f.get(text.high).op('i64.xor').setNew('i64')
  pushIsLong(f, text.high)
  f.if(
    () => {
      // Below the length is an address, which says nothing.
      f.get(apart).i64(32n).op('i64.shr_u').op('i64.eqz').op('i32.eqz').brIf(different)
      f.get(row).load('i32.load', offset + SECOND_WORD)
      f.get(text.address).get(text.length).call(context.kernel('bytesEqual')).op('i32.eqz').brIf(different)
    },
    () => f.get(apart).op('i64.eqz').op('i32.eqz').brIf(different),
  )
  f.release(apart)
}

/** Writes a text to an offset in a row; the bytes of a long one go to the store of a table. */
export function storeText(
  context: CompilerContext,
  f: FunctionBuilder,
  [row, offset]: readonly [Operand, number],
  text: TextKey,
  table: TablePlace,
): void {
  f.get(row).get(text.low).store('i64.store', offset)
  f.get(row)
    .get(text.high)
    .store('i64.store', offset + SECOND_WORD)
  pushIsLong(f, text.high)
  f.if(() => {
    f.get(row)
    table.address(f, TABLE_STRING_STORE).get(text.address).get(text.length)
    f.call(context.kernel('storeBytes')).store('i32.store', offset + SECOND_WORD)
  })
}

/** Loads the text at an offset in a row; a short one is read where it lies. */
export function loadText(
  f: FunctionBuilder,
  row: Operand,
  offset: number,
): Pick<BytesValue, 'address' | 'length' | 'words'> {
  const low = f.get(row).load('i64.load', offset).setNew('i64')
  f.get(row).load('i64.load', offset + SECOND_WORD)
  const high = f.setNew('i64')
  const isLong = pushIsLong(f, high).setNew('i32')
  f.get(high).op('i32.wrap_i64')
  f.get(row).i32(offset).op('i32.add').get(isLong).select()
  const address = f.setNew('i32')
  f.get(high).i64(32n).op('i64.shr_u').op('i32.wrap_i64').i32(~LONG_TEXT).op('i32.and')
  f.get(high).i64(LENGTH_SHIFT).op('i64.shr_u').op('i32.wrap_i64').get(isLong).select()
  return { address, length: f.setNew('i32'), words: [low, high] }
}
