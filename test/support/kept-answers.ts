import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Cell, duckdbRows } from './duckdb.js'

type Rows = readonly (readonly (Cell | number)[])[]

const ROOT = fileURLToPath(new URL('../../../test/data/oracle/', import.meta.url))

/**
 * What DuckDB answers to queries that take it long, kept under `test/data/oracle`: it says the same each time. `UPDATE_GOLDEN=1` asks it again,
 * for the queries of the tests that run. A query, or a setup, that has changed since has no answer.
 */
export class KeptAnswers {
  readonly #file: string
  readonly #setup: readonly string[]
  readonly #answers: Record<string, Rows>
  readonly #isAsked = process.env['UPDATE_GOLDEN'] === '1'

  /** @param queries all that may be asked: answers to others, which no test has any more, go with the next one that is kept */
  constructor(name: string, setup: readonly string[], queries: readonly string[]) {
    this.#file = `${ROOT}${name}.json`
    this.#setup = setup
    const kept = existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, Rows>) : {}
    const asked = new Set(queries.map((sql) => this.#keyOf(sql)))
    this.#answers = Object.fromEntries(Object.entries(kept).filter(([key]) => asked.has(key)))
  }

  #keyOf(sql: string): string {
    return [...this.#setup, sql].join('; ')
  }

  async of(sql: string): Promise<Rows> {
    const key = this.#keyOf(sql)
    if (this.#isAsked) {
      this.#answers[key] = await duckdbRows(sql, this.#setup)
      writeFileSync(this.#file, `${JSON.stringify(this.#answers, undefined, 1)}\n`)
    }
    const answer = this.#answers[key]
    if (answer === undefined) throw new Error(`DuckDB was not asked: ${sql} (UPDATE_GOLDEN=1 asks it)`)
    return answer
  }
}
