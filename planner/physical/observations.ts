import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { MetricsObserver } from '../plan/metrics-observer.js'
import type { PhysicalPlan } from '../plan/physical/plan.js'

/** What becomes of what the tasks of a query report of an observation. */
export interface Observation {
  readonly name: string
  /** The observation as the query has it. */
  readonly instance: string
  readonly observer?: MetricsObserver
  /** The plan that gives the metrics, in one row, of the states of all tasks: rows of the session's own under this id. */
  metrics(states: string): PhysicalPlan
}

/** One more observation of a query: those of one name are one that the query reads several times. @throws DUPLICATED_METRICS_NAME */
export function withObservation(known: Map<string, Observation>, observation: Observation): string {
  const { name, instance } = observation
  for (const other of known.values())
    if (other.name === name && other.instance !== instance)
      throw new MillraceError('DUPLICATED_METRICS_NAME', { metricName: quotedName(name) })
  const id = `${instance}.${known.size}`
  known.set(id, observation)
  return id
}
