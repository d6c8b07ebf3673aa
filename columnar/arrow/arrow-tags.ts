/** Tags of Arrow's union of types (Schema.fbs), which the `apache-arrow` package numbers alike. */
export const ARROW = {
  null: 1,
  int: 2,
  floatingPoint: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  binaryView: 23,
  utf8View: 24,
} as const

/** What a column is marked with that has the keys of variants. */
export const VARIANT_MARK = 'variant'

/** Views of texts: so many bytes each, of which so many are the text itself, if it is no longer. */
export const VIEW = { bytes: 16, most: 12 } as const
