import { readName } from '../../planner/sql/expressions.js'
import { type Properties, readProperties, readText } from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import type { TableClauses } from '../new-table.js'

/** `[USING provider] [PARTITIONED BY …] [COMMENT …] [TBLPROPERTIES …] [LOCATION …] [OPTIONS …]`, in any order. */
export function readTableClauses(tokens: TokenStream): TableClauses {
  let provider = 'parquet'
  let options: Properties = {}
  let properties: Properties = {}
  let comment: string | undefined
  let location: string | undefined
  for (;;) {
    const start = tokens.peek()
    if (tokens.accept('USING')) provider = readName(tokens, 'expected a data source').toLowerCase()
    else if (tokens.accept('OPTIONS')) options = readProperties(tokens)
    else if (tokens.accept('TBLPROPERTIES')) properties = readProperties(tokens)
    else if (tokens.accept('COMMENT')) comment = readText(tokens, 'expected the comment in quotes')
    else if (tokens.accept('LOCATION')) location = readText(tokens, 'expected the folder in quotes')
    else if (tokens.at('PARTITIONED', 'BY')) throw tokens.unsupported('partitioned tables', start)
    else if (tokens.at('CLUSTERED', 'BY')) throw tokens.unsupported('bucketed tables', start)
    else if (tokens.at('CLUSTER', 'BY')) throw tokens.unsupported('clustered tables', start)
    else if (tokens.at('STORED') || tokens.at('ROW')) throw tokens.unsupported('tables in formats of Hive', start)
    else break
  }
  return {
    provider,
    options,
    properties,
    ...(comment === undefined ? {} : { comment }),
    ...(location === undefined ? {} : { location }),
  }
}
