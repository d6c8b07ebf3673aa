import { quotedIdentifier } from './sql.js'

/** A table, in a schema if one was named. */
export interface TableName {
  readonly schema: string | undefined
  readonly name: string
}

const PART = /(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))(\.|$)/uy

/** Reads a name as PostgreSQL does: letters become small ones outside of quotes. Undefined for what is no name. */
export function parsedName(text: string): TableName | undefined {
  const parts: string[] = []
  PART.lastIndex = 0
  for (let end = false; !end; ) {
    const match = PART.exec(text)
    if (!match) return undefined
    parts.push(match[1]?.replaceAll('""', '"') ?? match[2]!.toLowerCase())
    end = match[3] === ''
  }
  const [first, second] = parts
  if (parts.length > 2) return undefined
  return second === undefined ? { schema: undefined, name: first! } : { schema: first!, name: second }
}

/** The name in SQL. */
export const tableText = ({ schema, name }: TableName): string =>
  schema === undefined ? quotedIdentifier(name) : `${quotedIdentifier(schema)}.${quotedIdentifier(name)}`
