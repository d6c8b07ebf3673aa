import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Cell, duckdbRows } from './duckdb.js'

type Rows = readonly (readonly (Cell | number)[])[]

const ROOT = fileURLToPath(new URL('../../../test/data/oracle/', import.meta.url))

/**
 * What DuckDB answers to queries that take it long, kept under `test/data/oracle`: it says the same each time. `UPDATE_GOLDEN=1` asks it again.
 * A query, or a setup, that has changed since has no answer.
 */
export class KeptAnswers {
  readonly #file: string
  readonly #setup: readonly string[]
  readonly #answers: Record<string, Rows>
  readonly #isAsked = process.env['UPDATE_GOLDEN'] === '1'

  constructor(name: string, setup: readonly string[]) {
    this.#file = `${ROOT}${name}.json`
    this.#setup = setup
    this.#answers = this.#isAsked ? {} : (JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, Rows>)
  }

  async of(sql: string): Promise<Rows> {
    const key = [...this.#setup, sql].join('; ')
    if (this.#isAsked) {
      this.#answers[key] = await duckdbRows(sql, this.#setup)
      writeFileSync(this.#file, `${JSON.stringify(this.#answers, undefined, 1)}\n`)
    }
    const answer = this.#answers[key]
    if (answer === undefined) throw new Error(`DuckDB was not asked: ${sql} (UPDATE_GOLDEN=1 asks it)`)
    return answer
  }
}
