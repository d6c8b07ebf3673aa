import { setImmediate } from 'node:timers/promises'
import { HeldResult } from '../../columnar/blocks/held-result.js'
import { storedTuples } from '../../columnar/value-reader.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { SourceText } from '../../common/errors/source-text.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readExpression } from '../../planner/sql/expressions.js'
import { QUERY_GRAMMAR, readQuery } from '../../planner/sql/query.js'
import { TokenStream } from '../../planner/sql/token-stream.js'
import { querySettings } from '../engine/analysis-session.js'
import type { MadeRows } from '../engine/engine.js'
import type { Begun } from '../engine/running-jobs.js'
import { type OneRow, oneRow } from '../statements/assigned-variables.js'
import { declaredVariables, declareVariable } from '../statements/declare-variable.js'
import type { StatementContext } from '../statements/statement.js'
import { handlerOf } from './handlers.js'
import type { Body, Compound, For, Loop, ScriptPart, Span } from './nodes.js'
import { ScriptVariables } from './script-variables.js'
import { readSingle } from './single.js'

/** Where to go on when that is not with the next statement: behind a block, or with the next round of a loop. */
interface Jump {
  readonly kind: 'leave' | 'iterate'
  readonly label: string
}

type Flow = Promise<Jump | undefined>

const NOTHING: MadeRows = { schema: { fields: [] }, blocks: [] }

/** A run of a script. Its statements run one after the other; an interrupt of the session, or its stop, ends it at the next one. */
export class ScriptRun {
  /** The text of all its statements. */
  readonly #source: SourceText
  readonly #context: StatementContext
  readonly #begun: Begun
  #last = NOTHING

  constructor(text: string, context: StatementContext) {
    this.#source = new SourceText(text)
    this.#context = context
    this.#begun = context.engine.jobs.begin()
  }

  /** The rows of the last query. */
  async result(script: Compound): Promise<MadeRows> {
    await this.#compound(script, this.#context)
    return this.#last
  }

  async #body(body: Body, context: StatementContext): Flow {
    for (const part of body) {
      // What is interrupted, or stopped with its session, without running a job ends here.
      await setImmediate()
      if (context.engine.isStopped) throw new MillraceError('SESSION_CLOSED')
      context.engine.jobs.check(this.#begun)
      const jump = await this.#part(part, context)
      if (jump) return jump
    }
    return undefined
  }

  async #part(part: ScriptPart, context: StatementContext): Flow {
    switch (part.kind) {
      case 'single':
        await this.#single(part.statement, context)
        return undefined
      case 'compound':
        return await this.#compound(part, context)
      case 'if':
      case 'case':
        return await this.#branching(part, context)
      case 'loop':
        return await this.#loop(part, context)
      case 'for':
        return await this.#for(part, context)
      case 'leave':
      case 'iterate':
        return part
    }
  }

  /** Its handlers see its variables, but not those of compounds within it. */
  async #compound({ label, variables, handlers, body }: Compound, around: StatementContext): Flow {
    const own = new ScriptVariables(around.variables, label)
    const context = seeing(own, around)
    try {
      for (const span of variables) await this.#declare(span, own, context)
      return leaving(label, await this.#body(body, context))
    } catch (error) {
      const handler = handlerOf(error, handlers)
      if (!handler) throw error
      return leaving(label, await this.#body(handler.body, context))
    }
  }

  async #declare(span: Span, own: ScriptVariables, context: StatementContext): Promise<void> {
    const statement = this.#read(span, context, (tokens) => declareVariable.read(tokens, context.readStatement)!)
    const declared = await declaredVariables(statement, (name) => own.pathOf(name), context)
    for (const variable of declared) own.declare(variable)
  }

  /** Of the statements that have rows only queries count. */
  async #single(span: Span, context: StatementContext): Promise<void> {
    const statement = this.#read(span, context, (tokens) => readSingle(tokens, context.readStatement))
    const outcome = context.perform(statement, context.variables)
    if (outcome.kind === 'query') this.#last = await rowsOf(outcome.plan, context)
    else if (outcome.kind === 'rows') await outcome.rows
  }

  async #branching(part: Extract<ScriptPart, { kind: 'if' | 'case' }>, context: StatementContext): Flow {
    const value = part.kind === 'case' && part.value ? await this.#value(part.value, context) : undefined
    for (const { condition, body } of part.branches) {
      const holds = value ? await this.#equals(value, condition, context) : await this.#holds(condition, context)
      if (holds) return await this.#body(body, context)
    }
    return part.otherwise && (await this.#body(part.otherwise, context))
  }

  async #loop(loop: Loop, context: StatementContext): Flow {
    for (;;) {
      if (loop.while && !(await this.#holds(loop.while, context))) return undefined
      const jump = await this.#body(loop.body, context)
      if (jump && jump.label !== loop.label) return jump
      if (jump?.kind === 'leave') return undefined
      if (loop.until && (await this.#holds(loop.until, context))) return undefined
    }
  }

  /** All rows are there before the first round, so that statements may change what was read. */
  async #for({ label, variable, query, body }: For, context: StatementContext): Flow {
    const plan = this.#read(query, context, readQuery)
    const { schema, blocks } = await rowsOf(context.inlined(plan), context)
    for (const block of blocks)
      for (const tuple of storedTuples(schema, block)) {
        const row = new ScriptVariables(context.variables, variable)
        for (const [i, { name, type }] of schema.fields.entries())
          row.declare({ name: name.toLowerCase(), type, declaredType: type, value: tuple[i]!, defaultText: 'NULL' })
        const jump = await this.#body(body, seeing(row, context))
        if (jump && jump.label !== label) return jump
        if (jump?.kind === 'leave') return undefined
      }
    return undefined
  }

  /** @throws INVALID_BOOLEAN_STATEMENT */
  async #holds(condition: Span, context: StatementContext): Promise<boolean> {
    const { types, values } = await this.#value(condition, context)
    // As elsewhere NULL does not hold.
    if (types[0]!.kind === 'boolean') return Boolean(values[0])
    const { start, end } = condition
    const invalidStatement = this.#source.text.slice(start, end).toUpperCase()
    throw new MillraceError(
      'INVALID_BOOLEAN_STATEMENT',
      { invalidStatement },
      { origin: this.#source.origin(start, end) },
    )
  }

  /** Whether the value of a CASE is that of a branch, as `=` has it. */
  async #equals({ types, values }: OneRow, of: Span, context: StatementContext): Promise<boolean> {
    const compared: UnresolvedExpression = {
      kind: 'attribute',
      parts: ['case_value'],
      variable: { name: 'case_value', type: types[0]!, value: values[0]! },
    }
    const args = [compared, this.#read(of, context, readExpression)]
    const found = await evaluated({ kind: 'function', name: '=', args }, context)
    return Boolean(found.values[0])
  }

  async #value(span: Span, context: StatementContext): Promise<OneRow> {
    return await evaluated(this.#read(span, context, readExpression), context)
  }

  /** Reads a part of the text, at its place and no more of it. */
  #read<T>(
    { start, end }: Span,
    { variables, parameters, config }: StatementContext,
    read: (tokens: TokenStream) => T,
  ): T {
    const surroundings = {
      parameters,
      variable: (parts: readonly string[]) => variables.lookUp(parts),
      settings: querySettings(config),
    }
    const tokens = new TokenStream({ source: this.#source, start, end }, QUERY_GRAMMAR, surroundings)
    const found = read(tokens)
    tokens.expectEnd()
    return found
  }
}

const seeing = (variables: ScriptVariables, context: StatementContext): StatementContext => ({
  ...context,
  variables,
  withViews: (query, seen = variables) => context.withViews(query, seen),
  inlined: (query) => variables.notedIn(context.withViews(query, variables)),
})

/** Whoever leaves a compound goes on behind it. */
const leaving = (label: string | undefined, jump: Jump | undefined): Jump | undefined =>
  jump?.kind === 'leave' && jump.label === label ? undefined : jump

/** @throws RESULT_TOO_LARGE, and what the query raises */
async function rowsOf(plan: UnresolvedRelation, { engine }: StatementContext): Promise<MadeRows> {
  const query = await engine.execute(plan)
  return { schema: query.schema, blocks: await new HeldResult(query, 'blocks').all(query.blocks) }
}

const evaluated = (e: UnresolvedExpression, { engine, inlined }: StatementContext): Promise<OneRow> =>
  oneRow(inlined({ kind: 'project', input: { kind: 'oneRow' }, expressions: [e] }), engine)
