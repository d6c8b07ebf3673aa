import { isDrawing } from '../../planner/analyze/functions/registry.js'
import type { QuerySettings } from '../../planner/plan/query-settings.js'
import type { Statement } from '../statements/index.js'

/** How many queries are kept, and how long the text of one may be. */
const MOST_QUERIES = 100
const LONGEST_TEXT = 1 << 16

/** The name that a variable holds and the seed of a sample are decided while the text is read; the values of a PIVOT that names none are found once for each that was read. */
const READ_ANEW: ReadonlySet<string> = new Set(['identifier', 'tablesample', 'pivot'])

/** Whether a text means the same each time it is read. Calls that draw have a seed for each place that was read. */
const isConstant = (text: string): boolean =>
  text.length <= LONGEST_TEXT &&
  (text.toLowerCase().match(/\w+/g) ?? []).every((word) => !READ_ANEW.has(word) && !isDrawing(word))

/** The queries that were read last, so that one that is run again is not read again. What names in them mean is found each time. */
export class ParsedQueries {
  readonly #statements = new Map<string, Statement>()
  /** What they were read under. */
  #settings: QuerySettings | undefined

  /** The statement of a text: the one known, or what is read now. */
  get(text: string, settings: QuerySettings, read: () => Statement): Statement {
    if (settings !== this.#settings) this.#statements.clear()
    this.#settings = settings
    const known = this.#statements.get(text)
    if (known) return known
    const statement = read()
    if (statement.kind === 'query' && isConstant(text)) this.#keep(text, statement)
    return statement
  }

  #keep(text: string, statement: Statement): void {
    const [oldest] = this.#statements.keys()
    if (this.#statements.size >= MOST_QUERIES) this.#statements.delete(oldest!)
    this.#statements.set(text, statement)
  }
}
