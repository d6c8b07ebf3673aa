/** Where Spark takes a list, it takes a single one too. */
export type OneOrMore<T> = T | readonly T[]

export const listOf = <T extends object | string>(given: OneOrMore<T>): readonly T[] =>
  Array.isArray(given) ? given : [given as T]
