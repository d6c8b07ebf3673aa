import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import { filesOf } from '../catalog/stored-table.js'
import { foundAs } from '../statements/catalog-errors.js'

/** The files of a table as a stream: those that are there, then those that come. A temporary view of a stream is one already. @throws TABLE_OR_VIEW_NOT_FOUND */
export function streamedTable(name: readonly string[], catalog: SessionCatalog): UnresolvedRelation {
  const found = foundAs(name, catalog)
  if (found.kind === 'temporary') return found.plan
  if (found.kind === 'view') throw unsupported('streams of views that are stored')
  const { partitionedBy: columns } = found
  // Partitions that come later are read, too.
  return { ...filesOf(found), streaming: true, ...(columns ? { partitions: { columns, folders: [] } } : {}) }
}

const unsupported = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })
