import type { Field } from '../../columnar/types.js'
import type { Answered } from '../compiler/late-literals.js'
import type { Program } from '../compiler/program.js'
import type { EventTimePlaces } from './event-times.js'
import type { Step } from './step.js'
import type { SharedTable } from './table-copy.js'
import type { TaskMeters } from './task-meter.js'

/** A stage compiled: a module with a function for each pipeline, and the steps that run them. Holds no address and nothing of a task. */
export interface CompiledStage {
  readonly program: Program
  /** What it depends on of the stage's literals. */
  readonly answered: readonly Answered[]
  readonly steps: readonly Step[]
  readonly tables: readonly number[]
  /** What stateful operators keep (`STATE_BYTES`). */
  readonly states: readonly number[]
  /** Those of them that tasks share. */
  readonly shared: readonly SharedTable[]
  /** Where the nodes are that read from outside the stage: which input to follow at each node from the root. */
  readonly sources: readonly (readonly number[])[]
  /** Where the address of the sink's first builder goes. */
  readonly builders: number
  /** Where the addresses of the builders of side outputs go, and what these hold. */
  readonly sideOutputs: readonly SideOutput[]
  /** What pipelines may ask for between two of their calls, and the u32 that they set to its number, counted from 1. */
  readonly between: readonly Step['run'][]
  readonly asked: number
  /** u64 of rows handed to the sink. */
  readonly rowsWritten: number
  readonly eventTimes: EventTimePlaces
  /** Of a measured stage. */
  readonly meters: TaskMeters | undefined
}

/** Blocks that do not go to the stage's sink: an operator takes them when they are written. */
export interface SideOutput {
  readonly builders: number
  readonly fields: readonly Field[]
}
