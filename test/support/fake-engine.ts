import { SessionCatalog } from '../../api/catalog/session-catalog.js'
import type { Engine, LocalRows, MadeRows, RunningQuery, StreamRequest, WriteRequest } from '../../api/engine/engine.js'
import { Session } from '../../api/session/session.js'
import { ActiveStreams } from '../../api/stream/active-streams.js'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import type { Schema } from '../../columnar/types.js'
import { Config } from '../../common/config/config.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { createLogger } from '../../common/log.js'
import { Warehouse } from '../../connectors/warehouse/warehouse.js'
import { EventBus } from '../../driver/index.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'

/** An engine that computes nothing: it records what it is asked for and gives the rows it was made with. */
export class FakeEngine implements Engine {
  /** Its folder is never made, as nothing is stored. */
  readonly catalog = new SessionCatalog({
    stored: new Warehouse('/nonexistent/warehouse'),
    isFormat: (name) => name === 'parquet',
    check: () => {},
    uncache: (cacheId) => this.uncache(cacheId),
    keyOf: (name) => name.toLowerCase(),
  })
  readonly events = new EventBus(createLogger('test', 'silent'))
  readonly streams = new ActiveStreams(this.events)
  readonly executed: UnresolvedRelation[] = []
  readonly written: { readonly plan: UnresolvedRelation; readonly request: WriteRequest }[] = []
  readonly started: { readonly plan: UnresolvedRelation; readonly request: StreamRequest }[] = []
  readonly uncached: string[] = []
  readonly configured: Readonly<Record<string, string>>[] = []
  stops = 0
  readonly #schema: Schema
  readonly #rows: readonly object[]

  constructor(schema: Schema, rows: readonly object[] = []) {
    this.#schema = schema
    this.#rows = rows
  }

  readonly partitionOverwriteMode = 'static'
  readonly timeZone = 'UTC'
  readonly metricsUrl = undefined

  async checkAssignment(): Promise<void> {}

  async analyze(): Promise<Schema> {
    return this.#schema
  }

  async execute(plan: UnresolvedRelation): Promise<RunningQuery> {
    if (plan.kind === 'localRelation') await plan.arrival
    this.executed.push(plan)
    const block = blockFromRows(this.#schema, this.#rows)
    const blocks = (async function* () {
      yield block
    })()
    return { schema: this.#schema, blocks, mostBytes: Number.POSITIVE_INFINITY }
  }

  async checkStream(): Promise<readonly []> {
    return []
  }

  async explain(_plan: UnresolvedRelation, mode: string): Promise<string> {
    return `the plan, ${mode}`
  }

  async write(plan: UnresolvedRelation, request: WriteRequest): Promise<void> {
    this.written.push({ plan, request })
  }

  async startStream(plan: UnresolvedRelation, request: StreamRequest): Promise<never> {
    this.started.push({ plan, request })
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'streams of a fake' })
  }

  async sizeOf(): Promise<object> {
    return {}
  }

  addLocalRelation(blocks: readonly Block[] | Promise<readonly Block[]>): LocalRows {
    const arrival = blocks instanceof Promise ? { arrival: blocks.then(() => undefined) } : {}
    return { id: 'rows', held: {}, ...arrival }
  }

  addMadeRows(made: Promise<MadeRows>): LocalRows {
    return this.addLocalRelation(made.then(({ blocks }) => blocks))
  }

  uncache(cacheId: string): void {
    this.uncached.push(cacheId)
  }

  newSession(): FakeEngine {
    return this
  }

  configure(config: Config): void {
    this.configured.push(config.toRecord())
  }

  readonly pools = (): readonly [] => []

  readonly jobs = {
    tags: new Set<string>(),
    begin: () => ({ beganMs: 0, analyzedMs: 0, tags: new Set<string>(), pool: 'default', interrupts: 0 }),
    check: () => undefined,
    interruptAll: () => [],
    interruptTag: () => [],
    interruptOperation: () => [],
  }

  get isStopped(): boolean {
    return this.stops > 0
  }

  async stop(): Promise<void> {
    this.stops++
  }
}

/** A session over a fake engine, and what it prints. */
export function fakeSession(engine: FakeEngine): { readonly session: Session; readonly printed: string[] } {
  const printed: string[] = []
  return { session: new Session(engine, new Config({}), (text) => void printed.push(text)), printed }
}
