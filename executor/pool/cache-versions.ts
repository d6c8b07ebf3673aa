import type { TaskSource } from '../../proto/protocol.js'

/** Of each cached relation that a task reads, which attempts made what it reads: what a thread kept of others is not that. */
export function cacheVersionsOf(sources: readonly TaskSource[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    sources.flatMap((source) =>
      source.kind === 'cache' ? [[source.cacheId, source.groups.map(({ attemptIds }) => attemptIds).join()]] : [],
    ),
  )
}
