import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { attributeOf, outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { CommonTable, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { analyzeByColumns } from './by-columns/by-columns.js'
import type { Over } from './by-columns/over.js'
import { type Catalog, type DataSourceRequest, directTable, sourceKey, tableNotFound } from './catalog.js'
import { withCollationKeys } from './collations/lowered.js'
import { withComputedColumns } from './computed-columns.js'
import { withConstants } from './constants/constants.js'
import { checkDepth, expressionsOf, MAX_DEPTH, MAX_RELATIONS, MAX_VIEW_DEPTH, tooDeep, tooMany } from './depth.js'
import { filtered, filteredSelect, reachesBeyondSelect } from './filter.js'
import { analyzeLateralView } from './generators/lateral-view.js'
import { analyzePivot } from './grouping/pivot.js'
import type { IdGenerator } from './id-generator.js'
import { analyzeJoin, withOwnIds } from './joins/join.js'
import { analyzeLateralJoin } from './joins/lateral-join.js'
import { analyzeLimit } from './limit.js'
import { renamedOrDropped, withColumns } from './names/columns.js'
import { followed, framesSoFar, noteFrame, withFrames } from './names/frame-columns.js'
import { nameKey } from './names/names.js'
import { aliased } from './names/relation-alias.js'
import type { Scope } from './names/scope.js'
import { withoutHidden, withoutUnseen } from './names/visible.js'
import { analyzeNoted } from './noted.js'
import { analyzeRepartition } from './repartition.js'
import { analyzeSample } from './sample.js'
import { closeSelect, type OpenSelect, openAggregate, openProject, type Surroundings } from './select.js'
import { withSession, withSettings } from './session.js'
import { analyzeDistinct } from './sets/distinct.js'
import { analyzeSetOperation } from './sets/set-operation.js'
import { analyzeSort } from './sort.js'
import { type Cte, type Ctes, UnusedQueries, withCtes } from './sources/ctes.js'
import { namesIn } from './sources/file-metadata.js'
import { analyzeValues } from './sources/inline-table.js'
import { analyzeLocalRows } from './sources/local-rows.js'
import { checkStep, type Recursion, recursionOf, recursiveSchema } from './sources/recursion.js'
import { rowsOfSource } from './sources/source-rows.js'
import { analyzeStoredView } from './sources/stored-view.js'
import { type AnalyzeSubquery, Subqueries } from './subqueries/subqueries.js'
import { analyzeTableFunction } from './table-functions/registry.js'
import { analyzeUnpivot } from './unpivot.js'
import { analyzeMapPartitions } from './user-calls/map-partitions.js'

type Node<K extends UnresolvedRelation['kind']> = Extract<UnresolvedRelation, { kind: K }>
type Select = Node<'project'> | Node<'aggregate'>

const isSelect = (node: UnresolvedRelation): node is Select => node.kind === 'project' || node.kind === 'aggregate'

/**
 * Resolves a plan by names into one of typed columns. Sources have been described before (`sourcesOf`) and constants computed, so this is pure.
 * @throws TABLE_OR_VIEW_NOT_FOUND, UNRESOLVED_COLUMN.*, DATATYPE_MISMATCH.*, and the other conditions of queries; ConstantsWanted
 */
export function analyze(relation: UnresolvedRelation, catalog: Catalog, nextId: IdGenerator): LogicalPlan {
  const isNamed = namesIn(relation, catalog)
  const resolve = (): LogicalPlan =>
    withFrames(() => new Analyzer(catalog, nextId, isNamed).relation(relation, new Map()))
  const plan = withSession(catalog.session, () => withConstants(catalog.constants, resolve))
  return withCollationKeys(withComputedColumns(withoutHidden(plan), nextId), nextId)
}

class Analyzer {
  readonly #catalog: Catalog
  readonly #nextId: IdGenerator
  readonly #isNamed: (name: string) => boolean
  readonly #analyzedCtes = new Set<UnresolvedRelation>()
  readonly #unused = new UnusedQueries()
  /** What the queries around the one being analyzed have, the nearest last. */
  #outers: readonly Scope[] = []
  #viewDepth = 0
  readonly #known = new Map<UnresolvedRelation, LogicalPlan>()
  #depth = 0
  #relations = 0

  /** @param isNamed whether the query has a name anywhere */
  constructor(catalog: Catalog, nextId: IdGenerator, isNamed: (name: string) => boolean) {
    this.#isNamed = isNamed
    this.#catalog = catalog
    this.#nextId = nextId
  }

  relation(node: UnresolvedRelation, ctes: Ctes): LogicalPlan {
    if (++this.#depth > MAX_DEPTH) throw tooDeep('relations')
    if (++this.#relations > MAX_RELATIONS) throw tooMany()
    // Selects are looked at when they are opened.
    if (!isSelect(node)) expressionsOf(node).forEach(checkDepth)
    const plan = this.#known.get(node) ?? this.#resolve(node, ctes)
    if (!isSelect(node)) noteFrame(node, () => outputOf(plan), this.#depth)
    this.#depth--
    return plan
  }

  #resolve(node: UnresolvedRelation, ctes: Ctes): LogicalPlan {
    const since = framesSoFar()
    const below = (): LogicalPlan => this.relation((node as { input: UnresolvedRelation }).input, ctes)
    const seen = (one: UnresolvedRelation): LogicalPlan => withoutHidden(this.relation(one, ctes))
    const input = (): LogicalPlan => withoutHidden(below())
    switch (node.kind) {
      case 'table':
        return this.#table(node, ctes)
      case 'dataSource':
        return this.#source(node)
      case 'localRelation':
        return analyzeLocalRows(node, this.#nextId)
      case 'oneRow':
        return Object.freeze({ kind: 'oneRow' })
      case 'tableFunction':
        return this.#tableFunction(node)
      case 'lateralView':
        return analyzeLateralView(node, below(), this.#nextId, this.#surroundings(ctes))
      case 'values':
        return analyzeValues(node, this.#outers.at(-1), this.#nextId)
      case 'setOperation':
        return this.#setOperation(node, node.inputs.map(seen), since)
      case 'project':
      case 'aggregate':
        return closeSelect(this.#open(node, ctes, this.#depth))
      case 'pivot':
        return analyzePivot(node, input(), this.#nextId, this.#surroundings(ctes))
      case 'unpivot':
        return analyzeUnpivot(node, input(), this.#nextId)
      case 'byColumns':
        return analyzeByColumns(node.shape, input(), this.#nextId, (over) => this.#over(over, ctes))
      case 'withColumns':
        return withColumns(node, below(), this.#nextId, this.#surroundings(ctes))
      case 'withColumnsRenamed':
      case 'drop':
        return renamedOrDropped(node, input(), this.#nextId)
      case 'filter':
        return this.#filter(node, ctes)
      case 'join':
        return this.#join(node, ctes)
      case 'sort':
        return analyzeSort(node, (one) => this.#opened(one, ctes), this.#nextId)
      case 'repartition':
        return analyzeRepartition(node, (one) => this.#opened(one, ctes), this.#nextId)
      case 'hint':
        return below()
      case 'limit':
        return analyzeLimit(node, below())
      case 'sample':
        return analyzeSample(node, below(), this.#nextId)
      case 'distinct':
        return this.#distinct(node, input(), since)
      case 'subqueryAlias':
        return this.#alias(node, withoutUnseen(below()), since)
      case 'storedView':
        return analyzeStoredView(node, withoutHidden(this.#within([], node.input, new Map())), this.#nextId)
      case 'with':
        return this.#with(node, ctes)
      case 'underSettings':
        return withSettings(node.settings, below)
      case 'withWatermark':
      case 'observe':
        return analyzeNoted(node, input(), this.#nextId, this.#surroundings(ctes))
      case 'mapPartitions':
        return analyzeMapPartitions(node, input(), this.#nextId)
      case 'cached':
        return Object.freeze({ kind: 'cached', input: input(), cacheId: node.cacheId })
    }
  }

  #tableFunction(node: Node<'tableFunction'>): LogicalPlan {
    const body: AnalyzeSubquery = (query, outer) =>
      this.#unused.during(() => withoutHidden(this.#within([outer], query, new Map())))
    return analyzeTableFunction(node, this.#outers.at(-1), this.#nextId, body)
  }

  /** A relation over one that is analyzed. */
  #over({ plan, relation }: Over, ctes: Ctes): LogicalPlan {
    const known: UnresolvedRelation = Object.freeze({ kind: 'oneRow' })
    this.#known.set(known, plan)
    return this.relation(relation(known), ctes)
  }

  #setOperation(node: Node<'setOperation'>, inputs: readonly LogicalPlan[], since: number): LogicalPlan {
    return followed(since, inputs[0]!, analyzeSetOperation(node, inputs, this.#nextId))
  }

  #distinct(node: Node<'distinct'>, input: LogicalPlan, since: number): LogicalPlan {
    return followed(since, input, analyzeDistinct(node, input, this.#nextId))
  }

  #alias(node: Node<'subqueryAlias'>, input: LogicalPlan, since: number): LogicalPlan {
    return followed(since, input, aliased(this.#nextId, input, [...(node.namespace ?? []), node.alias], node))
  }

  /** @param depth that of the select, which is one more than that of what it is open to */
  #open(node: Select, ctes: Ctes, depth: number): OpenSelect {
    expressionsOf(node).forEach(checkDepth)
    const parts = [this.relation(node.input, ctes), this.#nextId, this.#surroundings(ctes)] as const
    const select = node.kind === 'project' ? openProject(node, ...parts) : openAggregate(node, ...parts)
    noteFrame(node, () => select.projections.map(attributeOf), depth)
    return select
  }

  /** A relation, of which a select is open to what stands over it. */
  #opened(node: UnresolvedRelation, ctes: Ctes): LogicalPlan | OpenSelect {
    return isSelect(node) ? this.#open(node, ctes, this.#depth + 1) : this.relation(node, ctes)
  }

  #surroundings(ctes: Ctes): Surroundings {
    const analyzeWithin: AnalyzeSubquery = (...query) => this.#unused.during(() => this.#nested(...query, ctes))
    return {
      outer: this.#outers.at(-1),
      subqueriesOver: (scope, around, computed) => new Subqueries(analyzeWithin, scope, around, this.#nextId, computed),
    }
  }

  /** A relation that may use what a query around it has. */
  #nested(query: UnresolvedRelation, outer: Scope, ctes: Ctes): LogicalPlan {
    return withoutHidden(this.#within([...this.#outers, outer], query, ctes))
  }

  #join(node: Node<'join'>, ctes: Ctes): LogicalPlan {
    const left = this.relation(node.left, ctes)
    const surroundings = this.#surroundings(ctes)
    if (!node.lateral) {
      const since = framesSoFar()
      const right = this.relation(node.right, ctes)
      const own = followed(since, right, withOwnIds(left, right, this.#nextId))
      return analyzeJoin(node, left, own, this.#nextId, surroundings)
    }
    const right = this.#nested(node.right, { attributes: outputOf(left) }, ctes)
    return analyzeLateralJoin(node, left, right, this.#nextId)
  }

  /** A relation that sees these queries around it. They stay as they are when it fails, as the failure is about them. */
  #within(outers: readonly Scope[], relation: UnresolvedRelation, ctes: Ctes): LogicalPlan {
    const before = this.#outers
    this.#outers = outers
    const plan = this.relation(relation, ctes)
    this.#outers = before
    return plan
  }

  #table(node: Node<'table'>, ctes: Ctes): LogicalPlan {
    const name = node.name.at(-1)!
    const cte = node.name.length === 1 ? ctes.get(nameKey(name)) : undefined
    if (cte) return this.#cte(name, cte)
    const view = this.#catalog.relation(node.name)
    if (view) return aliased(this.#nextId, this.#view(view.plan, name), [...view.namespace, name])
    const direct = directTable(node.name, this.#catalog)
    if (direct) return this.#source(direct)
    throw tableNotFound(node, [...this.#catalog.relationNames(), ...ctes.keys()])
  }

  #cte(name: string, { definition, ctes, outers }: Cte): LogicalPlan {
    const { relation, columns } = definition
    this.#analyzedCtes.add(relation)
    const recursion = definition.recursive && recursionOf(definition)
    if (recursion) return aliased(this.#nextId, this.#recursive(definition, recursion, ctes), [name])
    return aliased(this.#nextId, this.#within(outers, relation, ctes), [name], { columns })
  }

  /** The columns of a CTE that reads itself, whose rows are not known before it runs. */
  #recursive(definition: CommonTable, recursion: Recursion, ctes: Ctes): LogicalPlan {
    const schema = recursiveSchema(definition, outputOf(withoutHidden(this.#within([], recursion.anchor, ctes))))
    const relation: Node<'localRelation'> = { kind: 'localRelation', id: '', held: {}, schema, rows: 0 }
    const level: Cte = { definition: { name: definition.name, relation }, ctes, outers: [] }
    const step = this.#within([], recursion.step, new Map(ctes).set(nameKey(definition.name), level))
    checkStep(schema, outputOf(withoutHidden(step)))
    return analyzeLocalRows(relation, this.#nextId)
  }

  /** The query, and what it names and does not use: that is checked all the same. */
  #with(node: Node<'with'>, outer: Ctes): LogicalPlan {
    const ctes = withCtes(node, outer, this.#outers)
    const plan = this.relation(node.input, ctes)
    for (const { name, relation } of node.ctes)
      if (!this.#analyzedCtes.has(relation)) this.#unused.add(this.#cte(name, ctes.get(nameKey(name))!))
    return plan
  }

  #view(view: UnresolvedRelation, name: string): LogicalPlan {
    if (this.#viewDepth >= MAX_VIEW_DEPTH) throw new MillraceError('RECURSIVE_VIEW', { viewIdent: quotedName(name) })
    this.#viewDepth++
    const plan = this.#within([], view, new Map())
    this.#viewDepth--
    return plan
  }

  #source(request: DataSourceRequest): LogicalPlan {
    const source = this.#catalog.source(sourceKey(request))
    if (!source) throw new MillraceError('INTERNAL_ERROR', { message: `the source ${request.format} is not described` })
    return rowsOfSource(source, request.streaming, this.#isNamed, this.#nextId)
  }

  #filter(node: Node<'filter'>, ctes: Ctes): LogicalPlan {
    if (!reachesBeyondSelect(node)) return filtered(node, this.relation(node.input, ctes), this.#surroundings(ctes))
    return filteredSelect(node, this.#open(node.input as Select, ctes, this.#depth + 1), this.#nextId)
  }
}
