/** The values of a column that is kept in memory, each once, where they stay after all of the column was read. */
export interface KeptDictionary {
  /** The values by their codes, as values of rows lie in a batch; 0 while there are none. */
  address: number
  entries: number
  /** See `Codes.dictionary`. */
  number: number
}
