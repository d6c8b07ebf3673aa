import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import type { TokenStream } from './token-stream.js'

interface FileFormat {
  readonly format: string
  readonly options: Readonly<Record<string, string>>
}

const CSV = { header: 'true', inferSchema: 'true' }
/** Whether a file holds an object a line or one value as a whole is told by its first line. */
const JSON_FILE: FileFormat = { format: 'json', options: { multiLine: 'auto' } }

/** What the ends of names say, before the one of a compression. */
const BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  parquet: { format: 'parquet', options: {} },
  arrow: { format: 'arrow', options: {} },
  feather: { format: 'arrow', options: {} },
  ipc: { format: 'arrow', options: {} },
  avro: { format: 'avro', options: {} },
  csv: { format: 'csv', options: CSV },
  tsv: { format: 'csv', options: { ...CSV, sep: '\t' } },
  json: JSON_FILE,
  jsonl: { format: 'json', options: {} },
  ndjson: { format: 'json', options: {} },
  txt: { format: 'text', options: {} },
}

const COMPRESSIONS: ReadonlySet<string> = new Set(['gz', 'deflate', 'bz2', 'lz4', 'snappy', 'zst', 'zstd'])

const URL = /^[a-z][a-z\d+.-]+:\/\//i
const KNOWN_URL = /^(?:file|https?):/i

/** Whether a file stands where a table is expected. What is in double quotes is a name elsewhere, so only single ones are taken. */
export function isFileTable(tokens: TokenStream): boolean {
  const { kind, start } = tokens.peek()
  return kind === 'string' && tokens.text[start] === "'"
}

/**
 * `'flights.parquet'` in place of a table, which Spark does not know: files whose format the ends of their names say; a folder without one holds Parquet.
 * @throws UNSUPPORTED_FEATURE, UNKNOWN_FILE_FORMAT
 */
export function readFileTable(tokens: TokenStream): UnresolvedRelation {
  const token = tokens.next()
  const origin = tokens.originFrom(token)
  const path = token.text
  if (URL.test(path) && !KNOWN_URL.test(path))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `reading the URL ${path} as a table` }, { origin })
  const known = BY_EXTENSION[extensionOf(path)]
  if (known === undefined) {
    const parameters = {
      path,
      known: Object.keys(BY_EXTENSION)
        .map((one) => `.${one}`)
        .join(', '),
    }
    throw new MillraceError('UNKNOWN_FILE_FORMAT', parameters, { origin })
  }
  return { kind: 'dataSource', ...known, paths: [path], streaming: false, origin }
}

/** What stands behind the last dot of a name or pattern, but for a compression. */
function extensionOf(path: string): string {
  const isWeb = URL.test(path) && !path.startsWith('file:')
  const name = (isWeb ? path.replace(/[?#].*$/s, '') : path).split('/').findLast((part) => part !== '') ?? ''
  const extensions = name.toLowerCase().replaceAll(/[*?]/g, '').split('.').slice(1)
  if (COMPRESSIONS.has(extensions.at(-1)!)) extensions.pop()
  return extensions.at(-1) || (isWeb ? '' : 'parquet')
}
