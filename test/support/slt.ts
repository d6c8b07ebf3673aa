/** A statement of an slt file and what it gives: nothing that is looked at, a condition, or rows as text. */
export interface SltRecord {
  readonly sql: string
  readonly line: number
  /** Marked `skipif millrace`: what is not built, which the statement must then say. */
  readonly isSkipped: boolean
  readonly expected:
    | { readonly kind: 'ok' }
    | { readonly kind: 'error'; readonly condition: string }
    | { readonly kind: 'rows'; readonly types: string; readonly isOrdered: boolean; readonly rows: readonly string[] }
}

const SKIP = 'skipif millrace'

/** The records of a file, which blank lines separate. */
export function parseSlt(text: string): readonly SltRecord[] {
  const records: SltRecord[] = []
  let block: string[] = []
  for (const [i, line] of `${text}\n`.split('\n').entries()) {
    if (line !== '') {
      if (block.length > 0 || !line.startsWith('#')) block.push(line)
      continue
    }
    if (block.length > 0) records.push(recordOf(block, i - block.length + 1))
    block = []
  }
  return records
}

function recordOf(block: readonly string[], line: number): SltRecord {
  const isSkipped = block[0] === SKIP
  const [head = '', sql = '', , ...rows] = isSkipped ? block.slice(1) : block
  const common = { sql, line, isSkipped }
  const error = /^statement error (\S+)$/.exec(head)
  if (error) return { ...common, expected: { kind: 'error', condition: error[1]! } }
  if (head === 'statement ok') return { ...common, expected: { kind: 'ok' } }
  const query = /^query (.*) (nosort|rowsort)$/.exec(head)
  if (!query) throw new Error(`line ${line}: ${head} is no record`)
  return { ...common, expected: { kind: 'rows', types: query[1]!, isOrdered: query[2] === 'nosort', rows } }
}

/** The file with the marks of what is skipped as they should be, by line of the record. */
export function markSkipped(text: string, skipped: ReadonlySet<number>): string {
  const lines = text.split('\n')
  for (const { line, isSkipped } of parseSlt(text).toReversed()) {
    if (isSkipped && !skipped.has(line)) lines.splice(line - 1, 1)
    if (!isSkipped && skipped.has(line)) lines.splice(line - 1, 0, SKIP)
  }
  return lines.join('\n')
}

/** A value as it stands in a file. */
export function sltCell(text: string): string {
  return text === '' ? '(empty)' : text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}
