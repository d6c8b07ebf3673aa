import type { Value } from '../../columnar/value-reader.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import { tellingCallerNow } from '../call-site.js'
import type { Column } from './column.js'
import { type ColumnOrLiteral, operandOf, type ReferencesOfOperand } from './column-base.js'
import { tableName } from './column-name.js'
import { ColumnTexts } from './column-texts.js'
import { literalOf } from './literal.js'
import type { AnyRow } from './row.js'

/** What arrays, maps and structs are made of, and numbers as bits. */
export abstract class ColumnParts<V, N extends string, C extends string> extends ColumnTexts<V, N, C> {
  /** An element of an array by its number, from 0 on, or the value of a key of a map. */
  getItem<O extends ColumnOrLiteral>(key: O): Column<Value, string, C | ReferencesOfOperand<O>> {
    return this.called('[]', key)
  }

  getField<F extends string>(name: F): Column<Value, F, C> {
    return this.made({ kind: 'extractValue', child: this.expression, field: name })
  }

  /** A struct with one more field, or another one in the place of those of that name; `'a.b'` is field `b` of field `a`. */
  withField<D extends string>(name: string, value: Column<unknown, string, D>): Column<AnyRow, string, C | D> {
    const parts = tellingCallerNow(this.withField, () => tableName(name))
    return this.made(changed(this.expression, parts, (s, field) => called('.=', s, field, operandOf(value))))
  }

  /** A struct without these fields; `'a.b'` is field `b` of field `a`. */
  dropFields(...names: readonly string[]): Column<AnyRow, string, C> {
    const all = tellingCallerNow(this.dropFields, () => names.map(tableName))
    const without = (e: UnresolvedExpression, parts: readonly string[]): UnresolvedExpression =>
      changed(e, parts, (s, field) => called('.-', s, field))
    return this.made(all.reduce(without, this.expression))
  }

  bitwiseAND<O extends ColumnOrLiteral>(other: O): Column<V, string, C | ReferencesOfOperand<O>> {
    return this.called('&', other)
  }

  bitwiseOR<O extends ColumnOrLiteral>(other: O): Column<V, string, C | ReferencesOfOperand<O>> {
    return this.called('|', other)
  }

  bitwiseXOR<O extends ColumnOrLiteral>(other: O): Column<V, string, C | ReferencesOfOperand<O>> {
    return this.called('^', other)
  }
}

const called = (name: string, ...args: readonly UnresolvedExpression[]): UnresolvedExpression => ({
  kind: 'function',
  name,
  args,
})

/** A struct with a change at its field, or within the structs on the way to it. */
function changed(
  struct: UnresolvedExpression,
  [first, ...rest]: readonly string[],
  change: (struct: UnresolvedExpression, field: UnresolvedExpression) => UnresolvedExpression,
): UnresolvedExpression {
  const field = literalOf(first!)
  if (rest.length === 0) return change(struct, field)
  const inner = changed({ kind: 'extractValue', child: struct, field: first! }, rest, change)
  return called('.=', struct, field, inner)
}
