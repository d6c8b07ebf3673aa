/** By PySpark's class, names that are there under another one, as Spark's Scala API or a language without overloaded operators has them. */
export const OTHERWISE: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
  DataFrame: { sparkSession: 'session', groupby: 'groupBy' },
  Column: {
    astype: 'cast',
    startswith: 'startsWith',
    endswith: 'endsWith',
    __add__: 'plus',
    __sub__: 'minus',
    __mul__: 'multiply',
    __truediv__: 'divide',
    __mod__: 'mod',
    __pow__: 'functions.pow',
    __neg__: 'negate',
    __eq__: 'eq',
    __ne__: 'neq',
    __lt__: 'lt',
    __le__: 'leq',
    __gt__: 'gt',
    __ge__: 'geq',
    __and__: 'and',
    __or__: 'or',
    __invert__: 'not',
    __getitem__: 'getItem',
  },
  functions: {
    create_map: 'map',
    shiftleft: 'shiftLeft',
    shiftright: 'shiftRight',
    shiftrightunsigned: 'shiftRightUnsigned',
  },
}

/** Names that are there and are refused by UNSUPPORTED_FEATURE. */
export const REFUSED: Readonly<Record<string, readonly string[]>> = {
  DataFrameWriter: ['clusterBy'],
}
