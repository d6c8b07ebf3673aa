import type { PostgresSplit } from '../split.js'

/**
 * The statement that copies a share to us. It can have no parameters: their values are settings of the transaction, by numbers, so that none
 * ever stands within a statement.
 */
export function statementOf(
  relation: string,
  { selected, conditions }: PostgresSplit,
): { readonly text: string; readonly values: readonly string[] } {
  const values: string[] = []
  const texts = conditions.map(({ parts, values: own }) =>
    parts.reduce((text, part, i) => {
      const value = own[i - 1]
      if (value === undefined) return text + part
      const setting = `current_setting('millrace.p${values.length}')`
      values.push(value)
      return text + setting + part
    }, ''),
  )
  const where = texts.length === 0 ? '' : ` where ${texts.join(' and ')}`
  return { text: `copy (select ${selected.join(', ')} from ${relation}${where}) to stdout (format binary)`, values }
}
