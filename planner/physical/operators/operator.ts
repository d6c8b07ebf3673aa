import type { Leaf, PhysicalPlan } from '../../plan/physical/plan.js'
import type { StageTasks } from '../../plan/physical/stage-parts.js'
import type { PhysicalStateful } from '../../plan/physical/stateful.js'
import type { Properties, Requirement } from '../properties.js'

/** What planning knows of a kind of operator. How it is compiled and driven is told in executor/pipelines/operators. */
export interface PhysicalOperator<P extends PhysicalPlan> {
  /** What each input must bring. */
  requires(plan: P): readonly Requirement[]
  /** How its rows lie, given how those of its inputs do. */
  provides(plan: P, inputs: readonly Properties[]): Properties
  /** Its line in EXPLAIN. */
  line(plan: P): string
}

/** An operator of streams that keeps state from batch to batch. */
export interface StatefulOperator<P extends PhysicalPlan> extends PhysicalOperator<P> {
  readonly stateful: {
    /** What Spark calls it in the progress of a query. */
    name(plan: P): string
    /** The version of how its state is laid out: state of another one is refused. */
    readonly version: number
    /** Whether its state is divided by keys as shuffles divide, or in one partition. */
    isDivided(plan: P): boolean
    /** Whether there may be something to do when its watermark has moved, although no row has come. */
    waitsForWatermark(plan: P): boolean
    /** The same of the time of the machine; its tasks report when. */
    waitsForTime?(plan: P): boolean
  }
}

/** An operator that reads from outside its stage, and so has a say in how many tasks the stage has. */
export interface SourceOperator<P extends PhysicalPlan> extends PhysicalOperator<P> {
  /** Undefined for one that is read whole by every task. */
  tasks(plan: P, cut: StageCut): StageTasks | undefined
}

/** What is known while stages are cut. */
export interface StageCut {
  /** Tasks for sources that have no splits of their own. */
  readonly parallelism: number
  /** Partitions of the shuffle that a stage writes. */
  partitionsOf(stageId: number): number
}

export type NodeOf<K extends PhysicalPlan['kind']> = Extract<PhysicalPlan, { readonly kind: K }>

/** Every kind has an entry; without one the build fails. */
export type OperatorTable = {
  readonly [K in PhysicalPlan['kind']]: NodeOf<K> extends Leaf
    ? SourceOperator<NodeOf<K>>
    : NodeOf<K> extends PhysicalStateful
      ? StatefulOperator<NodeOf<K>>
      : PhysicalOperator<NodeOf<K>>
}
