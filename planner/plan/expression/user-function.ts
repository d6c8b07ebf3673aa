import { storageOf } from '../../../columnar/leaves.js'
import type { DataType, Field } from '../../../columnar/types.js'

/** What is known of code of a user's program beside itself. */
interface UserProgram {
  /** As messages and plans call it. */
  readonly name: string
  /** Tells functions apart: two with the same one do the same. */
  readonly id: string
  /** Whether it gives the same for the same arguments; what does not is called for the rows that the query names, and once for each. */
  readonly isDeterministic: boolean
  /** How many arguments it takes; without an end it takes any number more. */
  readonly least: number
  readonly most?: number
}

/** A function of a user's program, as plans carry it to where it runs. */
export interface UserFunction extends UserProgram {
  readonly code: UserCode
  /** What it is called with where expressions call it; for each row with its values unless told. */
  readonly form?: 'vectors' | 'rows'
}

/** An aggregate of a user's program: an object of functions. */
export interface UserAggregator extends UserProgram {
  readonly code: AggregatorCode
  /** What a call makes of a list of rows and states: a shorter list of the same, or the result. */
  readonly form: 'shortened' | 'finished'
  /** What the aggregate gives, which messages tell of both. */
  readonly returns: DataType
  /** The types of its arguments. */
  readonly takes: readonly DataType[]
}

/** Whether arguments of an aggregate are kept in its lists as they are; others are packed, each as an array of one. */
export const isInline = (type: DataType): boolean => {
  const { kind } = storageOf(type)
  return type.kind === 'string' || kind === 'fixed' || kind === 'boolean'
}

/** What an expression calls of a user's program. */
export type UserCallee = UserFunction | UserAggregator

export const AGGREGATOR_PARTS = ['zero', 'reduce', 'merge', 'finish'] as const
export type AggregatorPart = (typeof AGGREGATOR_PARTS)[number]

/** The parts of an aggregate as their texts, or the module that exports the object. */
export type AggregatorCode =
  | { readonly by: 'parts'; readonly parts: Readonly<Record<AggregatorPart, SourceCode>> }
  | ModuleCode

/** Where the code of a function is found: in its own text, or in a module of the user. */
export type UserCode = SourceCode | ModuleCode

export interface SourceCode {
  readonly by: 'source'
  readonly text: string
  /** What its text names that it does not define itself, as `node:v8` writes it: an object by name. */
  readonly values?: Uint8Array
  /** Functions that its text names, as they were written. */
  readonly functions?: readonly { readonly name: string; readonly text: string; readonly place?: SourcePlace }[]
  readonly place?: SourcePlace
}

export interface ModuleCode {
  readonly by: 'module'
  readonly url: string
  readonly member: string
}

/** Where a function is written: line and column from 0. */
export interface SourcePlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A function of the user that gets the rows of a task and gives others. */
export interface PartitionMapping {
  readonly function: UserFunction
  /**
   * As objects, also where what it gives does not matter (`calls`), in batches of Arrow, in a table of Arrow for each group, or in two for each group of two relations: the rows of one are structs in the first column, those of
   * the other in the second, and come behind them; or by what gets the rows of a group and keeps state (`stateful`).
   */
  readonly by: 'rows' | 'batches' | 'groups' | 'cogroups' | 'calls' | 'states'
  /**
   * Of groups how many keys there are: they come as the last columns but one, and as the last one the number of the row in its group, from 1 on. The window that
   * numbers them has the rows of a group in one task, one behind the other. Where there is state they are the last columns.
   */
  readonly keys?: number
  /** Its tasks run all at once, and it gets what they wait for one another by (`BarrierTaskContext`). */
  readonly barrier?: true
  readonly stateful?: StatefulMapping
}

/** What an object keeps of each group from batch to batch, and by which clock timers run. */
export interface StatefulMapping {
  readonly variables: readonly StateVariable[]
  readonly timeMode: TimeMode
  /** Of a function that gets the state of each group, which is the one variable; a class declares its own. */
  readonly groupState?: GroupStateMapping
  /** Whether before the keys there are rows that the state begins with, as structs in a column, and a column that says of which rows are: `INITIAL_ROWS` or others. */
  readonly hasInitial?: true
  /** What readers of the state call the keys, where their columns have other names. */
  readonly keyNames?: readonly string[]
}

export const INITIAL_ROWS = 0

/** How Spark's `flatMapGroupsWithState` and `mapGroupsWithState` differ. */
export interface GroupStateMapping {
  /** What the function gives of each group. */
  readonly gives: 'rows' | 'row'
  /** As what its rows are meant: the query must have the same output mode. */
  readonly outputMode: 'append' | 'update'
}

export const groupStateName = ({ gives }: GroupStateMapping): string =>
  gives === 'rows' ? 'flatMapGroupsWithState' : 'mapGroupsWithState'

export const TIME_MODES = ['none', 'processingTime', 'eventTime'] as const
export type TimeMode = (typeof TIME_MODES)[number]

/** A state variable: a value, a list or a map of rows with these columns. */
export interface StateVariable {
  readonly name: string
  readonly kind: 'value' | 'list' | 'map'
  /** The columns of a map's keys. */
  readonly key: readonly Field[]
  readonly value: readonly Field[]
  /** How long after it was put something is forgotten. */
  readonly ttlMs?: number
}

/** As plans print it. */
export const mappingText = ({ function: { name }, by, barrier, stateful }: PartitionMapping): string =>
  `${stateful?.groupState ? GROUP_STATES : MAPPING_NAMES[by]}${barrier ? ' (barrier)' : ''} ${name}`

/** What plans call functions that get the state of groups. */
export const GROUP_STATES = 'FlatMapGroupsWithState'

const MAPPING_NAMES: Readonly<Record<PartitionMapping['by'], string>> = {
  rows: 'MapPartitions',
  batches: 'MapInArrow',
  groups: 'FlatMapGroupsInArrow',
  cogroups: 'FlatMapCoGroupsInArrow',
  calls: 'ForeachPartition',
  states: 'TransformWithState',
}
