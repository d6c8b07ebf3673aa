import { whenNotNull } from '../../compiler/expression/nulls.js'
import { isAlwaysNull, partsOf, type StructValue, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { LISTED_BYTES } from '../../kernels/interface/packed.js'
import { NULLS_BITS, NULLS_BYTES, nullsWords } from '../../user-code/row-layout.js'
import { appendBytes, appendWord, bytesOf } from './collected-values.js'

/**
 * Writes a row among collected ones as `executor/user-code/row-layout.ts` says it.
 * @param grown makes room for so many bytes and gives where they go
 */
export function appendRow(f: FunctionBuilder, { fields }: StructValue, grown: (size: Operand) => Local): void {
  const words = nullsWords(fields.length)
  const present = fields.filter((field) => !isAlwaysNull(field))
  f.i32(words * NULLS_BYTES)
  for (const field of present) {
    pushSize(f, field)
    f.op('i32.add')
  }
  const size = f.setNew('i32')
  const at = grown(f.get(size).i32(LISTED_BYTES).op('i32.add').setNew('i32'))
  f.get(at).get(size).store('i32.store')
  for (let word = 0; word < words; word++) {
    f.get(at)
    pushNulls(f, fields.slice(word * NULLS_BITS, (word + 1) * NULLS_BITS))
    f.store('i32.store', LISTED_BYTES + word * NULLS_BYTES)
  }
  f.get(at)
    .i32(LISTED_BYTES + words * NULLS_BYTES)
    .op('i32.add')
    .set(at)
  for (const field of present) whenNotNull(f, field.isNull, () => appendValue(f, at, field))
}

function pushSize(f: FunctionBuilder, value: Value): void {
  if (value.isNull) f.i32(0)
  f.i32(bytesOf([value]))
  if (value.kind === 'bytes') f.get(value.length).op('i32.add')
  if (value.isNull) f.get(value.isNull).select()
}

function pushNulls(f: FunctionBuilder, fields: readonly Value[]): void {
  f.i32(fields.reduce((bits, field, i) => (isAlwaysNull(field) ? bits | (1 << i) : bits), 0))
  for (const [i, field] of fields.entries()) {
    if (field.isNull && !isAlwaysNull(field)) f.get(field.isNull).i32(i).op('i32.shl').op('i32.or')
  }
}

function appendValue(f: FunctionBuilder, at: Local, value: Value): void {
  if (value.kind === 'bytes') appendBytes(f, at, value.address, value.length)
  else for (const part of partsOf(value)) appendWord(f, at, part)
}
