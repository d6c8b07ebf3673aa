import { type Column, functionOf } from '../column/column.js'

/** Options by Spark's names. */
export type TextOptions = Readonly<Record<string, string | number | boolean>>

/** The options of a function that reads or writes texts, as its last argument. */
export const optionsOf = (options: TextOptions | undefined): readonly Column[] =>
  options ? [functionOf('map', ...Object.entries(options).flatMap(([name, value]) => [name, String(value)]))] : []
