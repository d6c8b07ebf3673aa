import { MillraceError } from '../common/errors/millrace-error.js'
import type { SaveMode } from '../connectors/api.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'
import { tellingCaller } from './call-site.js'
import type { Engine, WriteRequest } from './engine.js'
import { NO_OPTIONS, type OptionValue, withOption } from './options.js'

const MODES: ReadonlyMap<string, SaveMode> = new Map([
  ['append', 'append'],
  ['overwrite', 'overwrite'],
  ['error', 'errorifexists'],
  ['errorifexists', 'errorifexists'],
  ['ignore', 'ignore'],
])
const START: WriteRequest = { format: 'parquet', options: NO_OPTIONS, path: undefined, mode: 'errorifexists' }

/** Describes where a DataFrame goes; `save` and the methods named after formats run it. */
export class DataFrameWriter {
  readonly #engine: Engine
  readonly #plan: UnresolvedRelation
  readonly #request: WriteRequest

  constructor(engine: Engine, plan: UnresolvedRelation, request: WriteRequest = START) {
    this.#engine = engine
    this.#plan = plan
    this.#request = request
  }

  format(name: string): DataFrameWriter {
    return this.#with({ format: name.toLowerCase() })
  }

  option(key: string, value: OptionValue): DataFrameWriter {
    return this.#with({ options: withOption(this.#request.options, key, value) })
  }

  options(options: Readonly<Record<string, OptionValue>>): DataFrameWriter {
    return Object.entries(options).reduce<DataFrameWriter>((writer, [key, value]) => writer.option(key, value), this)
  }

  /** What happens when the target exists. @throws INVALID_SAVE_MODE */
  mode(name: string): DataFrameWriter {
    const mode = MODES.get(name.toLowerCase())
    if (!mode) throw new MillraceError('INVALID_SAVE_MODE', { mode: name })
    return this.#with({ mode })
  }

  /** @throws UNSUPPORTED_FEATURE */
  partitionBy(): never {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'partitionBy' })
  }

  save(path?: string): Promise<void> {
    return tellingCaller(this.save, () => this.#engine.write(this.#plan, { ...this.#request, path }))
  }

  parquet(path: string): Promise<void> {
    return this.format('parquet').save(path)
  }

  csv(path: string): Promise<void> {
    return this.format('csv').save(path)
  }

  json(path: string): Promise<void> {
    return this.format('json').save(path)
  }

  #with(change: Partial<WriteRequest>): DataFrameWriter {
    return new DataFrameWriter(this.#engine, this.#plan, { ...this.#request, ...change })
  }
}
