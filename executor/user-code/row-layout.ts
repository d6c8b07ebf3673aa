/*
 * How the rows and the states that an aggregate of the program collects lie one behind the other: of each how many bytes follow (`LISTED_BYTES`), then words with a bit for each field,
 * set where it is NULL, and then the fields that are not. The first field is a state as bytes, which have no length, for nothing follows them; the others are the arguments of a row: words as
 * generated code holds them, texts and packed values behind their lengths (`executor/pipelines/codegen/collected-row.ts` writes them).
 */

/** So many fields have their bits in one word. */
export const NULLS_BITS = 32
export const NULLS_BYTES = 4

export const nullsWords = (fields: number): number => Math.ceil(fields / NULLS_BITS)
