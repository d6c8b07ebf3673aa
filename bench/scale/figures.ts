import type { Decisions } from './decisions.js'

/** Medians of what one cluster took for the same works. */
export interface ClusterFigures {
  readonly executors: number
  readonly steady: Figure
  readonly empty: Figure
}

export interface Figure {
  readonly wallMs: number
  readonly driverMs: number
  readonly executorsMs: number
}

export interface ExchangeFigures extends Figure {
  readonly maps: number
  readonly reduces: number
}

export interface ManyTasks extends Figure {
  readonly tasks: number
  readonly driverMostMib: number
  readonly executorMostMib: number
}

/** All that `npm run bench -- scale` measures: the `data` of `bench/results/scale.json`. */
export interface ScaleFigures {
  readonly steadyRows: number
  readonly emptyTasks: number
  readonly clusters: readonly ClusterFigures[]
  readonly exchanges: readonly ExchangeFigures[]
  readonly decisions: readonly Decisions[]
  readonly many: ManyTasks
}

/** What a task costs, in microseconds of the processor: with two executors. */
export interface TaskCost {
  readonly driverUs: number
  readonly executorUs: number
}

export const cpuMsOf = ({ driverMs, executorsMs }: Figure): number => driverMs + executorsMs

const TWO = 2

export function taskCost({ clusters, emptyTasks }: ScaleFigures): TaskCost {
  const { driverMs, executorsMs } = clusters.find(({ executors }) => executors === TWO)!.empty
  return { driverUs: (driverMs * 1000) / emptyTasks, executorUs: (executorsMs * 1000) / emptyTasks }
}

/** What a block of an exchange costs beyond its tasks, in microseconds, as there are more: written, told of, fetched, read. */
export function blockUs(fewer: ExchangeFigures, more: ExchangeFigures, { driverUs, executorUs }: TaskCost): number {
  const tasks = more.maps + more.reduces - fewer.maps - fewer.reduces
  const blocks = more.maps * more.reduces - fewer.maps * fewer.reduces
  return ((cpuMsOf(more) - cpuMsOf(fewer)) * 1000 - tasks * (driverUs + executorUs)) / blocks
}

/** As of the two largest exchanges. */
export const lastBlockUs = (figures: ScaleFigures): number =>
  blockUs(figures.exchanges.at(-2)!, figures.exchanges.at(-1)!, taskCost(figures))

/** The share of the processor's time that is the same work as with one executor. */
export function efficiency(clusters: readonly ClusterFigures[], executors: number): number {
  const of = (count: number): number => cpuMsOf(clusters.find((one) => one.executors === count)!.steady)
  return of(1) / of(executors)
}
