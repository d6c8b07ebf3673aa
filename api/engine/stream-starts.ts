import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { ActiveStreams } from '../stream/active-streams.js'
import { StartedStream } from '../stream/started-stream.js'
import { startRunner } from '../stream/stream-start.js'
import type { StreamingQuery } from '../stream/streaming-query.js'
import type { StreamRequest } from './engine.js'

/** Starts the streams of a session, and knows what their plans are while they run. */
export class StreamStarts {
  /** Plans of streams that run: they read the session's own rows again in each batch. */
  readonly plans = new Set<UnresolvedRelation>()
  readonly #active: ActiveStreams

  constructor(active: ActiveStreams) {
    this.#active = active
  }

  /** @throws when there is a stream of that name, or one that runs from the checkpoint, and whatever keeps it from running */
  async start(
    plan: UnresolvedRelation,
    { queryName, checkpointLocation }: StreamRequest,
    planned: () => Promise<Parameters<typeof startRunner>>,
  ): Promise<StreamingQuery> {
    const release = this.#active.reserve(queryName, checkpointLocation)
    try {
      const runner = await startRunner(...(await planned()))
      const query = new StartedStream(runner, queryName)
      // A copy, since one DataFrame may be the plan of several streams.
      const kept = { ...plan }
      this.plans.add(kept)
      this.#active.add(query)
      const forget = (): void => {
        this.#active.delete(query)
        this.plans.delete(kept)
        release()
      }
      runner.query.finished.then(forget, forget)
      return query
    } catch (error) {
      release()
      throw error
    }
  }
}
