import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import { Column, checkedColumn, functionOf, nameOrColumn, toColumn } from '../column/column.js'
import type { ColumnOrLiteral, ReferencesOfOperand } from '../column/column-base.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { Value } from '../column/row.js'
import { type ColumnOrName, ofColumns, ofOne, ofTwo } from './makers.js'

/* Arrays and maps, and functions that compute a lambda for their elements. */

/** An array of columns. */
export const array = ofColumns<Value>('array')
/** A map of keys and values in turn. */
export const map = ofColumns<Value>('map')

export const size = ofOne<number | null>('size')
export const cardinality = ofOne<number | null>('cardinality')
export const arraySize = ofOne<number | null>('array_size')
export const arrayDistinct = ofOne<Value>('array_distinct')
export const arrayCompact = ofOne<Value>('array_compact')
export const arrayMax = ofOne<Value>('array_max')
export const arrayMin = ofOne<Value>('array_min')
export const arraySort = ofOne<Value>('array_sort')
export const flatten = ofOne<Value>('flatten')
/** The entries of a map as structs of `key` and `value`. */
export const mapEntries = ofOne<Value>('map_entries')
export const mapKeys = ofOne<Value>('map_keys')
export const mapValues = ofOne<Value>('map_values')
export const collectList = ofOne<Value>('collect_list')
export const collectSet = ofOne<Value>('collect_set')
export const arrayAgg = ofOne<Value>('array_agg')

const withValue =
  <V = Value>(name: string) =>
  <const A extends ColumnOrName, B extends ColumnOrLiteral>(
    column: A,
    value: B,
  ): Column<V, string, ReferencesOf<A> | ReferencesOfOperand<B>> =>
    functionOf(name, nameOrColumn(column), toColumn(value))

/** The element with a number from 0 on; NULL where there is none. */
export const get = withValue('get')
/** The element with a number from 1 on, from the end where it is negative, or the value of a key. */
export const elementAt = withValue('element_at')
export const tryElementAt = withValue('try_element_at')
export const arrayContains = withValue<boolean | null>('array_contains')
export const mapContainsKey = withValue<boolean | null>('map_contains_key')

/** The number of the first element that equals a value, from 1 on; 0 where none does. */
export const arrayPosition = withValue<bigint | null>('array_position')
/** The elements that do not equal a value. */
export const arrayRemove = withValue('array_remove')
export const arrayAppend = withValue('array_append')
export const arrayPrepend = withValue('array_prepend')
/** A value so many times. */
export const arrayRepeat = withValue('array_repeat')

export const arrayUnion = ofTwo<Value>('array_union')
export const arrayIntersect = ofTwo<Value>('array_intersect')
export const arrayExcept = ofTwo<Value>('array_except')
export const arraysOverlap = ofTwo<boolean | null>('arrays_overlap')

const withOperands =
  <V = Value>(name: string) =>
  <const A extends ColumnOrName, const B extends readonly ColumnOrLiteral[]>(
    column: A,
    ...operands: B
  ): Column<V, string, ReferencesOf<A> | ReferencesOfOperand<B[number]>> =>
    functionOf(name, nameOrColumn(column), ...operands.map(toColumn))

/** The elements with a value put at a position: `arrayInsert('a', 2, 9)`. */
export const arrayInsert = withOperands('array_insert')
/** The texts of an array with another one between them, and one for NULLs. */
export const arrayJoin = withOperands<string | null>('array_join')
/** So many elements from a position on: `slice('a', 2, 3)`. */
export const slice = withOperands('slice')
/** The elements in their order, or from the greatest on: `sortArray('a', false)`. */
export const sortArray = withOperands('sort_array')
/** The elements in an order drawn by chance: `shuffle('a')`, `shuffle('a', 42)`. */
export const shuffle = withOperands('shuffle')
/** Structs of the elements of arrays that have one number. */
export const arraysZip = ofColumns<Value>('arrays_zip')
/** The entries of all maps. */
export const mapConcat = ofColumns<Value>('map_concat')
/** What lies between the matches of a pattern: `split('s', lit(','))`, `split('s', lit(','), lit(2))`. */
export const split = withOperands<readonly string[] | null>('split')
/** What a group of each match of a pattern has. */
export const regexpExtractAll = withOperands<readonly string[] | null>('regexp_extract_all')
/** The whole numbers, dates or timestamps from one to another: `sequence('a', 'b')`, `sequence('a', lit(10), lit(2))`. */
export const sequence = ofColumns<Value>('sequence')

/** A map of an array of keys and one of their values. */
export const mapFromArrays = ofTwo<Value>('map_from_arrays')
/** A map of structs of a key and a value. */
export const mapFromEntries = ofOne<Value>('map_from_entries')
/** A map of the entries that a text tells, divided by patterns: `strToMap('s', lit('&'), lit('='))`. */
export const strToMap = withOperands<Value>('str_to_map')

let variables = 0

/** A function of columns as a lambda: it is called once, with columns that stand for its parameters. */
function lambda(body: (...parameters: Column[]) => Column, most: number): Column {
  const count = Math.min(Math.max(body.length, 1), most)
  // Names of their own, so that a lambda within another one hides none of it.
  const parameters = Array.from({ length: count }, () => `x_${variables++}`)
  const columns = parameters.map((name) => new Column({ kind: 'attribute', parts: [name] }))
  const expression: UnresolvedExpression = {
    kind: 'lambda',
    parameters,
    body: checkedColumn(body(...columns)).expression,
  }
  return new Column(expression)
}

type OfTwo = (a: Column, b: Column) => Column

const overEntries =
  (name: string) =>
  (column: ColumnOrName, body: OfTwo): Column<Value> =>
    functionOf(name, nameOrColumn(column), lambda(body as (...parameters: Column[]) => Column, 2))

/** The entries for which the function is true: `mapFilter('m', (key, value) => key.gt(value))`. */
export const mapFilter = overEntries('map_filter')
/** The map with the keys that the function makes. */
export const transformKeys = overEntries('transform_keys')
/** The map with the values that the function makes. */
export const transformValues = overEntries('transform_values')

/** What the function makes of the elements of two arrays that have one number. */
export const zipWith = (a: ColumnOrName, b: ColumnOrName, body: OfTwo): Column<Value> =>
  functionOf('zip_with', nameOrColumn(a), nameOrColumn(b), lambda(body as (...parameters: Column[]) => Column, 2))

/** What the function makes of each key and its values in two maps. */
export const mapZipWith = (
  a: ColumnOrName,
  b: ColumnOrName,
  body: (key: Column, left: Column, right: Column) => Column,
): Column<Value> =>
  functionOf('map_zip_with', nameOrColumn(a), nameOrColumn(b), lambda(body as (...parameters: Column[]) => Column, 3))

type OfElement = (element: Column) => Column
/** The number of the element is from 0 on; a function that takes it has two parameters. */
type OfElementAndIndex = (element: Column, index: Column) => Column

const overElements =
  (name: string) =>
  (column: ColumnOrName, body: OfElementAndIndex): Column<Value> =>
    functionOf(name, nameOrColumn(column), lambda(body as (...parameters: Column[]) => Column, 2))

/** What the function makes of each element: `transform('a', (x) => x.plus(1))`. */
export const transform = overElements('transform')
/** The elements for which the function is true. */
export const filter = overElements('filter')

const quantifier =
  (name: string) =>
  (column: ColumnOrName, body: OfElement): Column<boolean | null> =>
    functionOf(name, nameOrColumn(column), lambda(body as (...parameters: Column[]) => Column, 1))

export const exists = quantifier('exists')
export const forall = quantifier('forall')

const folded =
  (name: string) =>
  (
    column: ColumnOrName,
    start: ColumnOrLiteral,
    merge: (state: Column, element: Column) => Column,
    finish?: (state: Column) => Column,
  ): Column<Value> =>
    functionOf(
      name,
      nameOrColumn(column),
      toColumn(start),
      lambda(merge as (...parameters: Column[]) => Column, 2),
      ...(finish ? [lambda(finish as (...parameters: Column[]) => Column, 1)] : []),
    )

/** A state that each element changes, from a start on. */
export const aggregate = folded('aggregate')
export const reduce = folded('reduce')
