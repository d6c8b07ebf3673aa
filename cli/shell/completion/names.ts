import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import type { Session } from '../../../api/index.js'
import { Config } from '../../../common/config/config.js'
import { functionNames } from '../../../planner/analyze/functions/registry.js'
import { KEYWORDS } from '../../../planner/analyze/table-functions/sql-keywords.js'
import { COMMANDS } from '../commands/commands.js'

/** What can be named in a shell. */
export interface Names {
  readonly commands: readonly string[]
  readonly keywords: readonly string[]
  readonly functions: readonly string[]
  readonly settings: readonly string[]
  tables(): Promise<readonly string[]>
  /** @param relation as it is written in FROM; none of one that there is not */
  columns(relation: string): Promise<readonly string[]>
  /** Paths that begin so; those of folders end with a slash. */
  files(path: string): Promise<readonly string[]>
}

/** The names of a session. Columns are asked for once, until `forget`, as files are opened for them. */
export class SessionNames implements Names {
  readonly commands = COMMANDS.map(({ name }) => `.${name}`)
  readonly keywords = KEYWORDS
  readonly functions = functionNames().filter((name) => /^\w+$/.test(name))
  readonly settings = Config.entries().map(({ key }) => key)
  readonly #session: Session
  readonly #columns = new Map<string, Promise<readonly string[]>>()

  constructor(session: Session) {
    this.#session = session
  }

  async tables(): Promise<readonly string[]> {
    return (await this.#session.catalog.listTables()).map(({ name }) => name)
  }

  columns(relation: string): Promise<readonly string[]> {
    const known = this.#columns.get(relation) ?? this.#askColumns(relation).catch(() => [])
    this.#columns.set(relation, known)
    return known
  }

  /** A statement may have changed what there is. */
  forget(): void {
    this.#columns.clear()
  }

  async #askColumns(relation: string): Promise<readonly string[]> {
    const { fields } = await this.#session.sql(`select * from ${relation}`).schema()
    return fields.map(({ name }) => name)
  }

  async files(path: string): Promise<readonly string[]> {
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    const begun = path.slice(folder.length)
    const entries = await readdir(folder.replace(/^~(?=\/)/, homedir()) || '.', { withFileTypes: true }).catch(() => [])
    return entries
      .filter(({ name }) => name.startsWith(begun) && (begun !== '' || !name.startsWith('.')))
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .toSorted()
  }
}
