import { statSync } from 'node:fs'
import { storedTuples } from '../../columnar/value-reader.js'
import type { Options } from '../../connectors/api.js'
import type { FoundRows, TextFormat } from '../../planner/analyze/text-formats/text-format.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { RunningQuery } from './engine.js'

/** So many schemas are remembered, of the files that were asked for last. */
const MOST_KNOWN = 256

/** Finds what the rows in texts are by reading the texts, once as long as the files do not change. */
export class InferredSchemas {
  readonly #run: (query: UnresolvedRelation) => Promise<RunningQuery>
  readonly #known = new Map<string, Promise<FoundRows>>()
  readonly #firstLines = new Map<string, Promise<string>>()

  constructor(run: (query: UnresolvedRelation) => Promise<RunningQuery>) {
    this.#run = run
  }

  /** @throws what reading the files raises, and of malformed rows when these are to fail */
  async of(format: TextFormat, options: Options, paths: readonly string[]): Promise<FoundRows> {
    const key = JSON.stringify([format.name, { ...options }, paths.map(stateOf)])
    return await remembered(this.#known, key, () => this.#infer(format, options, paths))
  }

  /** The first line of the files that is not blank; empty when there is none. */
  async firstLine(paths: readonly string[]): Promise<string> {
    return await remembered(this.#firstLines, JSON.stringify(paths.map(stateOf)), async () => {
      let first = ''
      const take = (line: string): void => {
        first = line
      }
      // One file after the other, until one has a line.
      for (const path of paths) if ((await this.#read([path], { 'lines.skipBlank': 'true' }, take, 1)) > 0) break
      return first
    })
  }

  async #infer(format: TextFormat, options: Options, paths: readonly string[]): Promise<FoundRows> {
    const inference = format.infer(options)
    const lines = format.sampledLines(options)
    if (format.needsFirstLineOnly(options)) {
      // One file after the other, until one has a line.
      for (const path of paths) if ((await this.#read([path], lines, inference.add.bind(inference), 1)) > 0) break
    } else await this.#read(paths, lines, inference.add.bind(inference))
    return inference.result()
  }

  async #read(
    paths: readonly string[],
    options: Options,
    take: (line: string) => void,
    limit?: number,
  ): Promise<number> {
    const source: UnresolvedRelation = { kind: 'dataSource', format: 'text', options, paths, streaming: false }
    const query: UnresolvedRelation = limit === undefined ? source : { kind: 'limit', input: source, limit, offset: 0 }
    const { schema, blocks } = await this.#run(query)
    let count = 0
    // Behind the line there are columns of folders.
    for await (const block of blocks)
      for (const [line] of storedTuples(schema, block)) {
        take(String(line))
        count++
      }
    return count
  }
}

/** What is known under a key, or is found out now. What failed is tried again when it is asked for again. */
function remembered<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? find()
  known.set(key, found)
  found.catch(() => known.delete(key))
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!)
  return found
}

/** What tells whether a file is still the same. */
function stateOf(path: string): readonly (string | number)[] {
  const { size, mtimeMs } = statSync(path)
  return [path, size, mtimeMs]
}
