import { MillraceError } from '../../common/errors/millrace-error.js'
import { tellingCallerNow } from '../call-site.js'
import type { Engine } from '../engine/engine.js'

/** What cancels queries and writes of a session, and the tags by which some of them are cancelled. */
export abstract class Interruptible {
  abstract readonly engine: Engine

  /**
   * Cancels all queries and writes of the session that run now; each fails with OPERATION_CANCELED. Streams go on.
   * @returns the ids of their jobs
   */
  interruptAll(): readonly string[] {
    return this.engine.jobs.interruptAll()
  }

  /** Marks the queries and writes that begin from now on, whoever begins them, for `interruptTag`. @throws INVALID_API_USE */
  addTag(tag: string): void {
    this.engine.jobs.tags.add(tellingCallerNow(this.addTag, () => checkedTag(tag)))
  }

  removeTag(tag: string): void {
    this.engine.jobs.tags.delete(tellingCallerNow(this.removeTag, () => checkedTag(tag)))
  }

  getTags(): ReadonlySet<string> {
    return new Set(this.engine.jobs.tags)
  }

  clearTags(): void {
    this.engine.jobs.tags.clear()
  }

  /** Cancels what began with a tag. @returns the ids of its jobs. @throws INVALID_API_USE */
  interruptTag(tag: string): readonly string[] {
    return this.engine.jobs.interruptTag(tellingCallerNow(this.interruptTag, () => checkedTag(tag)))
  }

  /** Cancels a job by its id, if it runs. @returns the id, or nothing */
  interruptOperation(id: string): readonly string[] {
    return this.engine.jobs.interruptOperation(id)
  }
}

/** @throws INVALID_API_USE */
function checkedTag(tag: string): string {
  if (tag !== '' && !tag.includes(',')) return tag
  throw new MillraceError('INVALID_API_USE', { reason: 'a tag must not be empty, and must not contain a comma' })
}
