import type { ExecutorTable } from '../executors/executor-table.js'

/** Where the tasks of a stage can all run at once. */
export type BarrierPlacement =
  /** By partition. */
  | { readonly kind: 'placed'; readonly executorIds: readonly string[] }
  /** Where others run now. */
  | { readonly kind: 'busy' }
  /** Nowhere: there are slots for so many of them only. */
  | { readonly kind: 'tooFew'; readonly slots: number }

/** What is asked of places for tasks. */
export interface TogetherRules {
  mayRun(partition: number, executorId: string): boolean
  /** Where it should run, if it can. */
  preferred(partition: number): string | undefined
}

export function placeTogether(tasks: number, executors: ExecutorTable, rules: TogetherRules): BarrierPlacement {
  const ids = executors.ids()
  // Asked at each event while the stage waits: places are only looked for where there may be enough of them.
  const placesFor = (roomOf: (executorId: string) => number): ReadonlyMap<number, string> | number => {
    const room = ids.reduce((sum, id) => sum + roomOf(id), 0)
    return room < tasks ? room : placed(tasks, ids, roomOf, rules)
  }
  const now = placesFor((id) => executors.free(id))
  if (typeof now !== 'number' && now.size === tasks)
    return { kind: 'placed', executorIds: Array.from({ length: tasks }, (_, partition) => now.get(partition)!) }
  const ever = placesFor((id) => executors.slots(id))
  const slots = typeof ever === 'number' ? ever : ever.size
  return slots === tasks ? { kind: 'busy' } : { kind: 'tooFew', slots }
}

/** As many tasks as can be, each at a place of its own: one that finds its places taken has others give way that can run elsewhere. */
function placed(
  tasks: number,
  executorIds: readonly string[],
  roomOf: (executorId: string) => number,
  { mayRun, preferred }: TogetherRules,
): ReadonlyMap<number, string> {
  const taken = new Map(executorIds.map((id) => [id, [] as number[]]))
  const leftAt = (id: string): number => roomOf(id) - taken.get(id)!.length
  const place = (partition: number, asked: Set<string>): boolean => {
    const wish = preferred(partition)
    const choices = executorIds.filter((id) => !asked.has(id) && mayRun(partition, id))
    choices.sort((a, b) => Number(b === wish) - Number(a === wish) || leftAt(b) - leftAt(a))
    for (const id of choices) {
      if (asked.has(id)) continue
      asked.add(id)
      const there = taken.get(id)!
      if (leftAt(id) > 0) return there.push(partition) > 0
      const givesWay = there.findIndex((one) => place(one, asked))
      if (givesWay < 0) continue
      there[givesWay] = partition
      return true
    }
    return false
  }
  for (let partition = 0; partition < tasks; partition++) place(partition, new Set())
  return new Map([...taken].flatMap(([id, partitions]) => partitions.map((partition) => [partition, id] as const)))
}
