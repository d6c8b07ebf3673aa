import type { DataType, StructType } from '../../../columnar/types.js'
import { fieldOf } from '../../plan/expression/build.js'
import type { AttributeReference, Expression, ExprId } from '../../plan/expression/expression.js'
import { childrenOf, transformDown } from '../../plan/expression/transform.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan, LogicalScan } from '../../plan/logical/plan.js'
import { inputsOf, mapExpressions, transformPlanUp } from '../../plan/logical/transform.js'
import type { Rule } from '../rule.js'

/** Has sources read only those fields of structs that somebody asks for, where nobody asks for the struct itself. */
export const pruneFields: Rule = {
  name: 'prune fields',
  apply(plan) {
    const uses = new Uses(plan)
    if (!uses.areNarrower) return plan
    return transformPlanUp(plan, (node) =>
      node.kind === 'scan' ? narrowedScan(node, uses) : mapExpressions(node, (e) => uses.narrowed(e)),
    )
  },
}

/** Which fields of a struct are wanted, by their places; `all` of one that is wanted itself. */
type Fields = Map<number, Fields> | 'all'

/** A field of a field … of a column, and the places on the way from the column. */
interface Path {
  readonly column: AttributeReference
  readonly ordinals: readonly number[]
}

function pathOf(e: Expression): Path | undefined {
  if (e.kind === 'attribute') return { column: e, ordinals: [] }
  const above = e.kind === 'getField' && e.child.type.kind === 'struct' ? pathOf(e.child) : undefined
  return above && e.kind === 'getField' ? { column: above.column, ordinals: [...above.ordinals, e.ordinal] } : undefined
}

/** What is wanted of the columns of sources that can leave out fields. */
class Uses {
  readonly #wanted = new Map<ExprId, Fields>()
  readonly #types = new Map<ExprId, DataType>()

  constructor(plan: LogicalPlan) {
    this.#findColumns(plan)
    if (this.#wanted.size === 0) return
    this.#note(plan)
    for (const { id } of outputOf(plan)) this.#take(id, [])
    for (const [id, fields] of this.#wanted) {
      const type = this.#types.get(id)!
      const narrow = narrowType(type, fields)
      if (narrow === type) this.#types.delete(id)
      else this.#types.set(id, narrow)
    }
  }

  /** Whether some column has fields that nobody wants. */
  get areNarrower(): boolean {
    return this.#types.size > 0
  }

  /** The type of a column with only the fields that are wanted; undefined where these are all. */
  typeOf(id: ExprId): DataType | undefined {
    return this.#types.get(id)
  }

  /** An expression over the narrower columns. */
  narrowed(e: Expression): Expression {
    return transformDown(e, (node) => {
      const path = node.kind === 'getField' ? pathOf(node) : undefined
      const type = path && this.#types.get(path.column.id)
      // A path that was replaced before ends in a column that has its narrower type.
      if (!path || !type || type === path.column.type) return node
      return this.#narrowedPath(path, type)
    })
  }

  #narrowedPath({ column, ordinals }: Path, type: DataType): Expression {
    let child: Expression = Object.freeze({ ...column, type })
    let fields = this.#wanted.get(column.id)!
    for (const ordinal of ordinals) {
      const place = fields === 'all' ? ordinal : keptOrdinals(fields).indexOf(ordinal)
      child = fieldOf(child, (child.type as StructType).fields, place, column.origin)
      fields = fields === 'all' ? fields : fields.get(ordinal)!
    }
    return child
  }

  #findColumns(plan: LogicalPlan): void {
    // What is cached is known by its plan.
    if (plan.kind === 'cached') return
    if (plan.kind === 'scan' && plan.source.prunesFields) {
      for (const { id, type } of plan.output) {
        if (type.kind !== 'struct') continue
        this.#wanted.set(id, new Map())
        this.#types.set(id, type)
      }
    }
    for (const input of inputsOf(plan)) this.#findColumns(input)
  }

  #note(plan: LogicalPlan): void {
    mapExpressions(plan, (e) => {
      this.#noteIn(e)
      return e
    })
    // Rows are told apart by the whole of these.
    if (plan.kind === 'deduplicate') for (const id of plan.keys) this.#take(id, [])
    for (const input of inputsOf(plan)) {
      // Columns of a union belong together by position.
      if (plan.kind === 'union' || plan.kind === 'cached') for (const { id } of outputOf(input)) this.#take(id, [])
      this.#note(input)
    }
  }

  #noteIn(e: Expression): void {
    const path = pathOf(e)
    if (path) this.#take(path.column.id, path.ordinals)
    else for (const child of childrenOf(e)) this.#noteIn(child)
  }

  #take(id: ExprId, ordinals: readonly number[]): void {
    const fields = this.#wanted.get(id)
    if (fields) this.#wanted.set(id, withPath(fields, ordinals))
  }
}

function withPath(fields: Fields, [first, ...rest]: readonly number[]): Fields {
  if (fields === 'all' || first === undefined) return 'all'
  return new Map(fields).set(first, withPath(fields.get(first) ?? new Map<number, Fields>(), rest))
}

const keptOrdinals = (fields: ReadonlyMap<number, Fields>): readonly number[] =>
  [...fields.keys()].sort((a, b) => a - b)

/** The struct with these fields alone; the same type when these are all. */
function narrowType(type: DataType, fields: Fields): DataType {
  // Of a column that nobody wants pruning of columns takes care.
  if (fields === 'all' || fields.size === 0 || type.kind !== 'struct') return type
  const kept = keptOrdinals(fields).map((ordinal) => {
    const field = type.fields[ordinal]!
    const own = narrowType(field.type, fields.get(ordinal)!)
    return own === field.type ? field : Object.freeze({ ...field, type: own })
  })
  const isSame = kept.length === type.fields.length && kept.every((field, i) => field === type.fields[i])
  return isSame ? type : Object.freeze({ kind: 'struct', fields: Object.freeze(kept) })
}

function narrowedScan(scan: LogicalScan, uses: Uses): LogicalScan {
  const narrow = new Map(
    scan.output.flatMap(({ id, name }) => {
      const type = uses.typeOf(id)
      return type ? [[name, type] as const] : []
    }),
  )
  if (narrow.size === 0) return scan
  const withType = <T extends { readonly name: string; readonly type: DataType }>(column: T): T => {
    const type = narrow.get(column.name)
    return type ? Object.freeze({ ...column, type }) : column
  }
  const { source } = scan
  const schema = Object.freeze({ fields: source.schema.fields.map(withType) })
  return Object.freeze({ ...scan, source: Object.freeze({ ...source, schema }), output: scan.output.map(withType) })
}
