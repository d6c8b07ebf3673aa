import { storedTuples } from '../../columnar/value-reader.js'
import type { Options } from '../../connectors/api.js'
import type { AnalysisSession } from '../../planner/analyze/session.js'
import { readShapes } from '../../planner/analyze/text-formats/line-shapes.js'
import type { FoundRows, TextFormat } from '../../planner/analyze/text-formats/text-format.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { RunningQuery } from './engine.js'

/** So many schemas are remembered, of the files that were asked for last. */
const MOST_KNOWN = 256

/** Files, and what tells whether they are still the same, if anything does. */
export interface TextFiles {
  readonly paths: readonly string[]
  readonly versions: readonly string[] | undefined
}

/** Finds what the rows in texts are by reading the texts, once as long as the files do not change. */
export class InferredSchemas {
  readonly #run: (query: UnresolvedRelation) => Promise<RunningQuery>
  readonly #known = new Map<string, Promise<FoundRows>>()
  readonly #firstLines = new Map<string, Promise<string>>()

  constructor(run: (query: UnresolvedRelation) => Promise<RunningQuery>) {
    this.#run = run
  }

  /** @throws what reading the files raises, and of malformed rows when these are to fail */
  async of(
    format: TextFormat,
    options: Options,
    { paths, versions }: TextFiles,
    session: AnalysisSession,
  ): Promise<FoundRows> {
    const { timeZone, timestampType } = session
    const key = versions && JSON.stringify([format.name, { ...options }, timeZone, timestampType, versions])
    return await remembered(this.#known, key, () => this.#infer(format, options, paths, session))
  }

  /** The first line of the files that is not blank; empty when there is none. */
  async firstLine({ paths, versions }: TextFiles): Promise<string> {
    return await remembered(
      this.#firstLines,
      versions && JSON.stringify(versions),
      async () => (await this.#firstLineOf(paths, { 'lines.skipBlank': 'true' })) ?? '',
    )
  }

  async #infer(
    format: TextFormat,
    options: Options,
    paths: readonly string[],
    session: AnalysisSession,
  ): Promise<FoundRows> {
    const inference = format.infer(options, session)
    const lines = format.sampledLines(options)
    const first = inference.needsFirstLine ? await this.#firstLineOf(paths, lines) : undefined
    const sample = inference.sample(first)
    if (sample === undefined) return inference.found(first, [])
    const found = await this.#read(paths, { ...lines, 'lines.shapes': sample.toString('base64') })
    return inference.found(first, found.map(readShapes))
  }

  /** That of the first file that has one. */
  async #firstLineOf(paths: readonly string[], options: Options): Promise<string | undefined> {
    for (const path of paths) {
      const [line] = await this.#read([path], options, 1)
      if (line !== undefined) return line
    }
    return undefined
  }

  /** The texts that the source `text` gives, which are few. */
  async #read(paths: readonly string[], options: Options, limit?: number): Promise<readonly string[]> {
    const source: UnresolvedRelation = { kind: 'dataSource', format: 'text', options, paths, streaming: false }
    const query: UnresolvedRelation = limit === undefined ? source : { kind: 'limit', input: source, limit, offset: 0 }
    const { schema, blocks } = await this.#run(query)
    const texts: string[] = []
    for await (const block of blocks) for (const [text] of storedTuples(schema, block)) texts.push(String(text))
    return texts
  }
}

/** What is known under a key, or is found out now, as always without a key. What failed is tried again when it is asked for again. */
function remembered<T>(known: Map<string, Promise<T>>, key: string | undefined, find: () => Promise<T>): Promise<T> {
  if (key === undefined) return find()
  const found = known.get(key) ?? find()
  known.set(key, found)
  found.catch(() => known.delete(key))
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!)
  return found
}
