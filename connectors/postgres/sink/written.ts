import type { Json } from '../../api.js'

/** What a task has prepared. */
export interface Written {
  /** The table with its rows; undefined when it had none. */
  readonly table: string | undefined
  readonly rows: number
}

export const writtenToJson = ({ table, rows }: Written): Json => ({ table: table ?? null, rows })

export function writtenFromJson(message: Json): Written {
  const { table, rows } = message as { readonly table: string | null; readonly rows: number }
  return { table: table ?? undefined, rows }
}
