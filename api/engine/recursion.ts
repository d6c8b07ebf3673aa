import type { Block } from '../../columnar/blocks/block.js'
import { HeldResult } from '../../columnar/blocks/held-result.js'
import type { Schema } from '../../columnar/types.js'
import type { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Driver } from '../../driver/index.js'
import {
  type FoundRecursion,
  findRecursion,
  recursiveSchema,
  withRows,
} from '../../planner/analyze/sources/recursion.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { RunningQuery } from './engine.js'

/** What runs the parts of recursive CTEs, and holds their rows. */
export interface RecursionRunner {
  readonly levelLimit: number
  readonly rowLimit: number
  /** The rows of a query, and its columns. */
  run(query: UnresolvedRelation): Promise<RunningQuery>
  hold(blocks: readonly Block[]): string
  /** Frees rows once nothing that was started reads them. */
  release(id: string): void
}

export function recursionRunner(driver: Driver, config: Config, run: RecursionRunner['run']): RecursionRunner {
  return {
    levelLimit: config.get(CONFIG.cteRecursionLevelLimit),
    rowLimit: config.get(CONFIG.cteRecursionRowLimit),
    run,
    hold: (blocks) => {
      const id = crypto.randomUUID()
      driver.registerLocalBlocks(id, blocks)
      return id
    },
    release: (id) => driver.releaseLocalBlocks(id),
  }
}

/** A query whose recursive CTEs have become rows, held until they are released. */
export interface WithoutRecursion {
  readonly plan: UnresolvedRelation
  release(): void
}

/** Runs each recursive CTE of a query: the rows it begins with, then its step over the rows of the step before until there are no more. */
export async function withoutRecursion(given: UnresolvedRelation, runner: RecursionRunner): Promise<WithoutRecursion> {
  const held: string[] = []
  const release = (): void => {
    for (const id of held.splice(0)) runner.release(id)
  }
  let plan = given
  try {
    for (let found = findRecursion(plan); found; found = findRecursion(plan)) {
      const { schema, blocks } = await new RecursionRun(found, runner).rows()
      const id = runner.hold(blocks)
      held.push(id)
      plan = withRows(plan, found.cte, relationOf(id, schema, blocks))
    }
    return { plan, release }
  } catch (error) {
    release()
    throw error
  }
}

const countOf = (blocks: readonly Block[]): number => blocks.reduce((sum, { rows }) => sum + rows, 0)

const relationOf = (id: string, schema: Schema, blocks: readonly Block[]): UnresolvedRelation => ({
  kind: 'localRelation',
  id,
  held: {},
  schema,
  rows: countOf(blocks),
})

class RecursionRun {
  readonly #found: FoundRecursion
  readonly #runner: RecursionRunner
  readonly #blocks: Block[] = []
  #rows = 0
  #held: HeldResult | undefined

  constructor(found: FoundRecursion, runner: RecursionRunner) {
    this.#found = found
    this.#runner = runner
  }

  /** @throws RECURSION_LEVEL_LIMIT_EXCEEDED, RECURSION_ROW_LIMIT_EXCEEDED, RESULT_TOO_LARGE */
  async rows(): Promise<{ readonly schema: Schema; readonly blocks: readonly Block[] }> {
    const { cte, anchor, within } = this.#found
    const levelLimit = cte.recursive?.maxLevels ?? this.#runner.levelLimit
    const begin = await this.#runner.run(within(anchor))
    const schema = recursiveSchema(cte, begin.schema.fields)
    this.#held = new HeldResult(begin, 'blocks')
    let level = await this.#taken(begin.blocks)
    for (let steps = 0; level.length > 0 && !this.#isEnough(); steps++) {
      if (steps === levelLimit) throw new MillraceError('RECURSION_LEVEL_LIMIT_EXCEEDED', { levelLimit })
      level = await this.#step(schema, level)
    }
    return { schema, blocks: this.#blocks }
  }

  async #step(schema: Schema, level: readonly Block[]): Promise<readonly Block[]> {
    const { cte, step, within } = this.#found
    const id = this.#runner.hold(level)
    try {
      const relation = relationOf(id, schema, level)
      const { blocks } = await this.#runner.run(within(step, { name: cte.name, relation }))
      return await this.#taken(blocks)
    } finally {
      this.#runner.release(id)
    }
  }

  #isEnough(): boolean {
    const { wanted } = this.#found
    return wanted !== undefined && this.#rows >= wanted
  }

  /** The blocks of one level, counted as they come, so that no level is held whole that has too many rows. */
  async #taken(blocks: AsyncIterable<Block>): Promise<readonly Block[]> {
    const { rowLimit } = this.#runner
    const level: Block[] = []
    for await (const block of blocks) {
      if (block.rows === 0) continue
      this.#held?.add(block)
      level.push(block)
      this.#blocks.push(block)
      this.#rows += block.rows
      if (this.#isEnough()) break
      if (this.#rows > rowLimit) throw new MillraceError('RECURSION_ROW_LIMIT_EXCEEDED', { rowLimit })
    }
    return level
  }
}
