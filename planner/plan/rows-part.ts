/** Numbers things in the order in which they come. */
export class Numbers {
  readonly #numbers = new Map<unknown, number>()

  of(one: unknown): number {
    const number = this.#numbers.get(one) ?? this.#numbers.size
    this.#numbers.set(one, number)
    return number
  }
}

/** What parts of plans are told by besides themselves. */
export interface Told {
  /** Numbers of identities, in the order in which they come. */
  readonly ids: Numbers
  /** Numbers of what sources say of themselves. */
  readonly sources: Numbers
  /** By what an input in a list is told, if not by what its rows depend on. */
  inputOf?(input: unknown): unknown
}

/** What makes no difference to the rows: places in the text, guesses, by what names tables are called, and which of several scans one is. */
const IGNORED: ReadonlySet<string> = new Set(['origin', 'estimate', 'qualifier', 'scanId'])

/** What the rows of a part of a plan depend on: the same for parts that differ in nothing but the identities of columns. */
export function rowsPart(value: unknown, told: Told): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map((member) => rowsPart(member, told))
  const part: Record<string, unknown> = {}
  // What has an identity is told by that, not by what it is called.
  const hasIdentity = 'id' in value || 'level' in value || 'ordinal' in value
  for (const [key, member] of Object.entries(value)) {
    if (IGNORED.has(key) || (key === 'name' && hasIdentity)) continue
    if (key === 'source') part[key] = told.sources.of(member)
    else if (key === 'id' && typeof member === 'number') part[key] = told.ids.of(member)
    else if (key === 'inputs' && told.inputOf)
      part[key] = (member as readonly unknown[]).map((one) => told.inputOf!(one))
    else part[key] = key === 'type' ? member : rowsPart(member, told)
  }
  return part
}
