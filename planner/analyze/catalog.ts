import { append } from '../../common/append.js'
import { closest } from '../../common/closest.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import { onceEach } from '../../common/once-each.js'
import type { SourceDescription } from '../../connectors/api.js'
import { unresolvedInputs } from '../plan/unresolved/inputs.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import type { KnownConstants } from './constants/constants.js'
import { expressionsOf } from './depth.js'
import { type AnalysisSession, searchPath } from './session.js'
import { subqueriesOf } from './unresolved-nodes.js'

/** A connector's table as the user asked for it. */
export type DataSourceRequest = Extract<UnresolvedRelation, { kind: 'dataSource' }>

/** What the name of a table or view stands for. */
export interface NamedPlan {
  readonly plan: UnresolvedRelation
  /** What may stand before its name: catalog and database, of what is stored there. */
  readonly namespace: readonly string[]
}

/** What the analyzer knows of the world; pure look-ups, made before it runs. */
export interface Catalog {
  /** What a table or view stands for, by the parts of its name (case-insensitive). */
  relation(name: readonly string[]): NamedPlan | undefined
  /** The names of what can be read without more than a name, for suggestions. */
  relationNames(): readonly string[]
  /** Whether a connector of this name can be read, so that ``parquet.`path` `` is a table. */
  isFormat(name: string): boolean
  /** A source described before, by `sourceKey`. */
  source(key: string): SourceDescription | undefined
  /** What the engine computed for the analysis. */
  readonly constants?: KnownConstants
  /** What is known of the session; UTC without a moment when absent. */
  readonly session?: AnalysisSession
}

/** Identifies a request: the same request is described once. */
export const sourceKey: (request: DataSourceRequest) => string = onceEach((request) => {
  const { format, options, paths, schema, streaming, partitions, buckets, statistics } = request
  const sorted = Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const known = [partitions ?? null, buckets ?? null, statistics ?? null]
  return JSON.stringify([format.toLowerCase(), sorted, paths, schema ?? null, streaming, known])
})

/** A table written as ``format.`path` ``, or undefined. */
export function directTable(
  name: readonly string[],
  catalog: Pick<Catalog, 'isFormat'>,
): DataSourceRequest | undefined {
  const [format, path] = name
  if (name.length !== 2 || !catalog.isFormat(format!)) return undefined
  return { kind: 'dataSource', format: format!, options: {}, paths: [path!], streaming: false }
}

/**
 * Every source among the relations of a plan (`relationsIn`); for the driver to describe before the analysis. Names that are neither view nor
 * source are left for the analyzer to report.
 */
export function sourcesOf(
  relations: readonly UnresolvedRelation[],
  catalog: Pick<Catalog, 'isFormat' | 'relation'>,
): readonly DataSourceRequest[] {
  const found = new Map<string, DataSourceRequest>()
  for (const node of relations) {
    const request =
      node.kind === 'dataSource'
        ? node
        : node.kind === 'table' && catalog.relation(node.name) === undefined
          ? directTable(node.name, catalog)
          : undefined
    if (request) found.set(sourceKey(request), request)
  }
  return [...found.values()]
}

/** Resolves when all rows have come that relations hold and statements are still making. @throws what kept one from making them */
export async function arrivalOfRows(relations: readonly UnresolvedRelation[]): Promise<void> {
  await Promise.all(relations.flatMap((node) => (node.kind === 'localRelation' && node.arrival ? [node.arrival] : [])))
}

/** A relation and all it is made of, through views, CTEs and subqueries, each once. */
export function relationsIn(
  relation: UnresolvedRelation,
  catalog: Pick<Catalog, 'relation'>,
): readonly UnresolvedRelation[] {
  const visited = new Set<UnresolvedRelation>()
  // Not recursive: how deep a plan may be is for the analyzer to say.
  const open = [relation]
  for (let node = open.pop(); node; node = open.pop()) {
    if (visited.has(node)) continue
    visited.add(node)
    const named = node.kind === 'table' ? catalog.relation(node.name) : undefined
    if (named) open.push(named.plan)
    append(open, unresolvedInputs(node))
    for (const e of expressionsOf(node)) for (const { query } of subqueriesOf(e)) open.push(query)
  }
  return [...visited]
}

/** TABLE_OR_VIEW_NOT_FOUND, with the known name that is most alike. */
export function tableNotFound(
  node: Extract<UnresolvedRelation, { kind: 'table' }>,
  known: readonly string[],
): MillraceError {
  const near = closest(node.name.at(-1)!, known, 1)[0]
  const suggestion = near === undefined ? '' : ` Did you mean \`${near}\`?`
  return new MillraceError(
    'TABLE_OR_VIEW_NOT_FOUND',
    { relationName: quotedPath(node.name), searchPath: searchPath(), suggestion },
    { origin: node.origin },
  )
}
