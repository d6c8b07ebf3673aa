import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { Value } from '../column/row.js'
import { type ColumnOrName, ofColumns, ofOne, ofTwo } from './makers.js'

/* Texts as rows of characters: how long they are, what is in them, parts of them, and how they are filled up. */

type Text = string | null
type Of<A extends ColumnOrName, V = Text> = Column<V, string, ReferencesOf<A>>
/** A number stands for itself, a text for the column of that name. */
type Count = number | ColumnOrName
const counted = (count: Count): Column | number => (typeof count === 'number' ? count : nameOrColumn(count))
const ifGiven = (column: ColumnOrName | undefined): readonly Column[] =>
  column === undefined ? [] : [nameOrColumn(column)]

export const ascii = ofOne<number | null>('ascii')
export const char = ofOne<Text>('char')
export const lcase = ofOne<Text>('lcase')
export const ucase = ofOne<Text>('ucase')
export const bitLength = ofOne<number | null>('bit_length')
export const octetLength = ofOne<number | null>('octet_length')
export const charLength = ofOne<number | null>('char_length')
export const characterLength = ofOne<number | null>('character_length')
/** A text, or an array, from its end to its start. */
export const reverse = ofOne<Value>('reverse')

export const contains = ofTwo<boolean | null>('contains')
export const startswith = ofTwo<boolean | null>('startswith')
export const endswith = ofTwo<boolean | null>('endswith')

const alike =
  (name: string) =>
  <const A extends ColumnOrName, const B extends ColumnOrName>(
    column: A,
    pattern: B,
    escapeChar?: Column,
  ): Of<A | B, boolean | null> =>
    functionOf(name, nameOrColumn(column), nameOrColumn(pattern), ...ifGiven(escapeChar))

/** Whether a text is like a pattern, a column or its name: `F.like('name', F.lit('A%'))`. */
export const like = alike('like')
/** The same without regard to case. */
export const ilike = alike('ilike')

/** The place of a part in a text, from 1 on; 0 where it is none. */
export const instr = <const A extends ColumnOrName>(column: A, part: string | Column): Of<A, number | null> =>
  functionOf('instr', nameOrColumn(column), part)

/** The place of a part in a text from a place on, the first being 1. */
export const locate = <const A extends ColumnOrName>(part: string, column: A, from = 1): Of<A, number | null> =>
  functionOf('locate', part, nameOrColumn(column), from)

/** As `locate`, of columns: `F.position(F.lit('bar'), 'text')`. */
export const position = <const A extends ColumnOrName, const B extends ColumnOrName>(
  part: A,
  column: B,
  from?: ColumnOrName,
): Of<A | B, number | null> => functionOf('position', nameOrColumn(part), nameOrColumn(column), ...ifGiven(from))

const filled =
  (name: string) =>
  <const A extends ColumnOrName>(column: A, length: number | Column, filling: string | Column): Of<A> =>
    functionOf(name, nameOrColumn(column), length, filling)

/** A text filled up to a length, or cut at it. */
export const lpad = filled('lpad')
export const rpad = filled('rpad')

/** A text so many times. */
export const repeat = <const A extends ColumnOrName>(column: A, times: Count): Of<A> =>
  functionOf('repeat', nameOrColumn(column), counted(times))

/** The last characters, as many as a column says: `F.right('name', F.lit(3))`. */
export const right = ofTwo<Text>('right')

/** Characters from a position on, as columns tell them. */
export const substr = <const A extends ColumnOrName, const B extends ColumnOrName>(
  column: A,
  position: B,
  length?: ColumnOrName,
): Of<A | B> => functionOf('substr', nameOrColumn(column), nameOrColumn(position), ...ifGiven(length))

/** What stands before the n-th delimiter; with a negative n behind the n-th from the end. */
export const substringIndex = <const A extends ColumnOrName>(column: A, delimiter: string, n: number): Of<A> =>
  functionOf('substring_index', nameOrColumn(column), delimiter, n)

/** Characters in the place of others. */
export const translate = <const A extends ColumnOrName>(column: A, from: string, to: string): Of<A> =>
  functionOf('translate', nameOrColumn(column), from, to)

/** Another text, of columns, in the place of each part that equals one: `F.replace('text', F.lit('a'), F.lit('b'))`. */
export const replace = <const A extends ColumnOrName, const B extends ColumnOrName>(
  column: A,
  part: B,
  by?: ColumnOrName,
): Of<A | B> => functionOf('replace', nameOrColumn(column), nameOrColumn(part), ...ifGiven(by))

/** A text with another one in the place of some of its characters. */
export const overlay = <const A extends ColumnOrName, const B extends ColumnOrName>(
  column: A,
  by: B,
  position: Count,
  length: Count = -1,
): Of<A | B> => functionOf('overlay', nameOrColumn(column), nameOrColumn(by), counted(position), counted(length))

/** Letters and digits hidden: columns say by what upper case, lower case, digits and others are replaced. */
export const mask = ofColumns<Text>('mask')
