import type { Field } from '../../../columnar/types.js'
import type { LeafRange } from '../../../connectors/api.js'
import type { PhysicalPlan } from '../../../planner/plan/physical/plan.js'
import type { Program } from '../../compiler/program.js'

/** A plan node that rows come from outside the stage. */
export type SourceNode = Extract<
  PhysicalPlan,
  { kind: 'scan' | 'local' | 'oneRow' | 'range' | 'cachedScan' | 'shuffleRead' | 'broadcastRead' }
>

/** Where the rows of a generated function come from. Offsets are in the data area. */
export type PipelineSource =
  /** The stage's source of this position (see `sourcesOf`); leaf addresses go to `leaves`, data and validity of each; of these only the columns in `used` are read. */
  | {
      readonly kind: 'outside'
      readonly position: number
      readonly leaves: number
      readonly used: ReadonlySet<number>
    }
  /** The state that the batches before left of an operator. */
  | {
      readonly kind: 'state'
      readonly operatorId: number
      readonly fields: readonly Field[]
      readonly leaves: number
      readonly used: ReadonlySet<number>
    }
  /** The rows of a table's store: groups. */
  | { readonly kind: 'rows'; readonly table: number; readonly width: number }
  /** The sorted entries of a table, so many of the first left out. */
  | { readonly kind: 'entries'; readonly table: number; readonly skip: number }

/** A source whose rows come in batches. */
export type BatchSource = Extract<PipelineSource, { kind: 'outside' | 'state' }>

/** What a task does, in order. A step with `builds` helps to make the table of a broadcast join there, which all tasks of the stage share. */
export type Step = StepKind & { readonly builds?: number }

/** A test of rows of a batch. */
export interface TestStep {
  /** The generated function: (0, rows of the batch, or of the list) → how many rows are in the list now. */
  readonly name: string
  /** Leaves that the function reads, of columns that are one leaf. */
  readonly reads: ReadonlySet<number>
  /** The test as a range, for sources that can tell such rows themselves. */
  readonly range?: LeafRange
}

/** Tests that select rows of a batch, to be run one after the other. */
export interface RowSelect {
  /** Offset in the data area of the list of rows. */
  readonly rows: number
  readonly tests: readonly TestStep[]
  /** As of the tests, of the function that runs over the selected rows. */
  readonly reads: ReadonlySet<number>
}

type StepKind =
  | {
      readonly kind: 'run'
      /** The generated function: (first, end) → status. */
      readonly name: string
      /** Of a batch, what is to select rows before. Then the function runs over these. */
      readonly select?: RowSelect
      readonly source: PipelineSource
      /** Offset of a u32 that becomes 1 when no more rows are wanted. */
      readonly stop: number
    }
  | { readonly kind: 'startGroups'; readonly table: number; readonly width: number; readonly hasKeys: boolean }
  | { readonly kind: 'startTop'; readonly table: number; readonly keep: number }
  | { readonly kind: 'finishJoin'; readonly table: number; readonly width: number }
  | { readonly kind: 'finishSort'; readonly table: number; readonly width: number; readonly descriptor: number }
  | { readonly kind: 'finishTop'; readonly table: number; readonly keep: number; readonly descriptor: number }
  /** Hands on what was written to a state sink. */
  | { readonly kind: 'saveState'; readonly operatorId: number; readonly sink: number }
  /** Frees a table whose rows have all been passed on. */
  | { readonly kind: 'release'; readonly table: number }

/** A stage compiled: a module with a function for each pipeline, and the steps that run them. Holds no address and nothing of a task. */
export interface CompiledStage {
  readonly program: Program
  readonly steps: readonly Step[]
  readonly tables: readonly number[]
  /** Where the address of the sink's first builder goes. */
  readonly builders: number
  /** Where the addresses of the builders of operators' states go, and what these hold. */
  readonly stateSinks: readonly { readonly builders: number; readonly fields: readonly Field[] }[]
  /** i64 to be set to the watermark, the least i64 without one. */
  readonly watermark: number
  /** u64 of rows handed to the sink. */
  readonly rowsWritten: number
  /** i64 of the greatest event time, the least i64 while there was none. */
  readonly eventTime: number | undefined
}

/** The sources of a stage in the order in which the compiler meets them: of joins the right side first. */
export function sourcesOf(plan: PhysicalPlan): readonly SourceNode[] {
  switch (plan.kind) {
    case 'hashJoin':
      return [...sourcesOf(plan.inputs[1]), ...sourcesOf(plan.inputs[0])]
    case 'scan':
    case 'local':
    case 'oneRow':
    case 'range':
    case 'cachedScan':
    case 'shuffleRead':
    case 'broadcastRead':
      return [plan]
    default:
      return sourcesOf(plan.inputs[0])
  }
}
