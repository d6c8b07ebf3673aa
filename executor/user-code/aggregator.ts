import type { DataType, Field } from '../../columnar/types.js'
import type { LoadedAggregator, LoadedFunction } from './load-function.js'
import { stateBytes, stateOfBytes } from './state-bytes.js'

/** An element of a list that an aggregate collected: the values of a row, or the state of several rows, as bytes. */
type Element = Readonly<Record<string, unknown>>

/** The names of an element: of the state, and of the arguments. */
interface Names {
  readonly state: string
  readonly args: readonly string[]
}

/** @param list the type of a list of rows and states */
const fieldsOf = (list: DataType | undefined): readonly Field[] =>
  list?.kind === 'array' && list.element.kind === 'struct' ? list.element.fields : []

function namesOf(list: DataType | undefined): Names {
  const [state = '', ...args] = fieldsOf(list).map(({ name }) => name)
  return { state, args }
}

/** The types of the arguments of the aggregate. */
export const argumentsOfRows = (list: DataType | undefined): readonly DataType[] =>
  fieldsOf(list)
    .slice(1)
    .map(({ type }) => type)

/** What makes a list of rows and states one with a single state; lists that have no more than one do not come. */
export function shortening(aggregator: LoadedAggregator, type: DataType | undefined): LoadedFunction {
  const names = namesOf(type)
  return (list) => {
    const elements = list as readonly Element[] | null
    return elements && [{ [names.state]: stateBytes(stateOf(aggregator, elements, names)) }]
  }
}

/** What makes the result of a list of rows and states. */
export function finishing(aggregator: LoadedAggregator, type: DataType | undefined): LoadedFunction {
  const names = namesOf(type)
  return (list) => aggregator.finish(stateOf(aggregator, list as readonly Element[], names))
}

function stateOf(aggregator: LoadedAggregator, elements: readonly Element[], { state, args }: Names): unknown {
  let held = aggregator.zero()
  for (const element of elements) {
    const bytes = element[state] as Uint8Array | null
    held =
      bytes === null
        ? aggregator.reduce(held, ...args.map((name) => element[name]))
        : aggregator.merge(held, stateOfBytes(bytes))
  }
  return held
}
