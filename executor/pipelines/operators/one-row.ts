import type { PhysicalOneRow } from '../../../planner/plan/physical/plan.js'
import type { ExecutableSource } from './operator.js'

export const oneRow: ExecutableSource<PhysicalOneRow> = { batches: () => [{ rows: 1, columns: [] }] }
