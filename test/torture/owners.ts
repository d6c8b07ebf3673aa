import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { QUERIES, type QueryName } from './events.js'

/** The greatest epoch of a start that took the checkpoint of each query; 0 of one that none has taken. */
export type Epochs = Readonly<Record<QueryName, number>>

/** @param folder with a checkpoint for each query */
export async function epochsIn(folder: string): Promise<Epochs> {
  const found = QUERIES.map(async (query) => {
    const names = await readdir(join(folder, query, 'owners')).catch(() => [])
    const epochs = names.map((name) => Number(/^\.?(\d+)$/.exec(name)?.[1] ?? 0))
    return [query, Math.max(0, ...epochs)] as const
  })
  return Object.fromEntries(await Promise.all(found)) as Epochs
}

/**
 * The queries that a stopped driver had and that another one has taken: with these it must end. Others it may take after that one, which must end then.
 * @param begun before the driver began, `stopped` and `gone` when it was stopped and when it goes on
 */
export const takenFrom = (begun: Epochs, stopped: Epochs, gone: Epochs): readonly QueryName[] =>
  QUERIES.filter((query) => begun[query] < stopped[query] && stopped[query] < gone[query])
