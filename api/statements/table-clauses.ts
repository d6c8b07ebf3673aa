import { knownCollation } from '../../columnar/known-collation.js'
import { typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { readCollationName } from '../../planner/sql/collation-name.js'
import { readName } from '../../planner/sql/expressions.js'
import {
  type ColumnDefinition,
  type Properties,
  readColumnDefinition,
  readProperties,
  readText,
} from '../../planner/sql/statement-parts.js'
import { readColumnNames } from '../../planner/sql/table-reference.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import type { TableClauses } from '../catalog/new-table.js'

/** `(a, b)` or, with types, `(a int, b string)`. @throws _LEGACY_ERROR_TEMP_0035 for some of both, UNSUPPORTED_PARTITION_TRANSFORM */
function readPartitionedBy(tokens: TokenStream): NonNullable<TableClauses['partitionedBy']> {
  const start = tokens.peek()
  tokens.expect('(')
  const items = tokens.list((): string | ColumnDefinition => {
    const next = tokens.peek(1)
    if (next.match === '(') throw partitionTransform(tokens)
    if (next.match !== ',' && next.match !== ')') return readColumnDefinition(tokens)
    return readName(tokens, 'expected the name of a column')
  })
  tokens.expect(')')
  const names = items.filter((item) => typeof item === 'string')
  const columns = items.filter((item) => typeof item !== 'string')
  if (columns.length === 0) return names
  if (names.length === 0) return columns
  const defined = columns.map(({ name, type }) => `${name} ${typeName(type)}`).join(', ')
  const message = `PARTITION BY: Cannot mix partition expressions and partition columns:\nExpressions: ${names.join(', ')}\nColumns: ${defined}`
  throw new MillraceError('_LEGACY_ERROR_TEMP_0035', { message }, { origin: tokens.originFrom(start) })
}

/** `(a, b) [SORTED BY (c)] INTO 4 BUCKETS`. */
function readBuckets(tokens: TokenStream): NonNullable<TableClauses['buckets']> {
  const columns = readColumnNames(tokens)
  const sortColumns: string[] = []
  if (tokens.accept('SORTED', 'BY')) {
    tokens.expect('(')
    tokens.list(() => {
      sortColumns.push(readName(tokens, 'expected the name of a column'))
      tokens.accept('ASC')
    })
    tokens.expect(')')
  }
  tokens.expect('INTO')
  if (tokens.peek().kind !== 'number') throw tokens.unexpected('expected the number of buckets')
  const count = Number(tokens.next().text)
  tokens.expect('BUCKETS')
  return { count, columns, sortColumns }
}

function partitionTransform(tokens: TokenStream): MillraceError {
  const start = tokens.peek()
  if (start.match === 'BUCKET') return tokens.unsupported('bucketed tables', start)
  const transform = `\`${start.text.toLowerCase()}(${tokens.peek(2).text})\``
  return new MillraceError('UNSUPPORTED_PARTITION_TRANSFORM', { transform }, { origin: tokens.originFrom(start) })
}

/** The name behind DEFAULT COLLATION. @throws COLLATION_INVALID_NAME, UNSUPPORTED_FEATURE */
export function readDefaultCollation(tokens: TokenStream): string {
  const start = tokens.peek()
  return knownCollation(readCollationName(tokens), tokens.originFrom(start)).name
}

/** `[USING provider] [PARTITIONED BY …] [COMMENT …] [DEFAULT COLLATION …] [TBLPROPERTIES …] [LOCATION …] [OPTIONS …]`, in any order. */
export function readTableClauses(tokens: TokenStream): TableClauses {
  let provider = 'parquet'
  let options: Properties = {}
  let properties: Properties = {}
  let comment: string | undefined
  let collation: string | undefined
  let location: string | undefined
  let partitionedBy: TableClauses['partitionedBy']
  let buckets: TableClauses['buckets']
  for (;;) {
    const start = tokens.peek()
    if (tokens.accept('USING')) provider = readName(tokens, 'expected a data source')
    else if (tokens.accept('OPTIONS')) options = readProperties(tokens)
    else if (tokens.accept('TBLPROPERTIES')) properties = readProperties(tokens)
    else if (tokens.accept('COMMENT')) comment = readText(tokens, 'expected the comment in quotes')
    else if (tokens.accept('LOCATION')) location = readText(tokens, 'expected the folder in quotes')
    else if (tokens.accept('PARTITIONED', 'BY')) partitionedBy = readPartitionedBy(tokens)
    else if (tokens.accept('CLUSTERED', 'BY')) buckets = readBuckets(tokens)
    else if (tokens.accept('DEFAULT', 'COLLATION')) collation = readDefaultCollation(tokens)
    else if (tokens.at('CLUSTER', 'BY')) throw tokens.unsupported('clustered tables', start)
    else if (tokens.at('STORED') || tokens.at('ROW')) throw tokens.unsupported('tables in formats of Hive', start)
    else break
  }
  return {
    provider,
    options,
    properties,
    ...(comment === undefined ? {} : { comment }),
    ...(collation === undefined ? {} : { collation }),
    ...(location === undefined ? {} : { location }),
    ...(partitionedBy === undefined ? {} : { partitionedBy }),
    ...(buckets === undefined ? {} : { buckets }),
  }
}
