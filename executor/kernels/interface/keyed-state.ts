/*
 * A row of state that code of the user keeps under keys that are bytes: these and the value, an address and a length each, then when it expires (i64). The
 * mark of a row of state is behind it (see table.ts).
 */
export const KEYED_KEY = 0
export const KEYED_VALUE = 8
export const KEYED_EXPIRES = 16
export const KEYED_MARK = 24
export const KEYED_ROW_BYTES = 32
