import type { Field } from './types.js'

const known = new WeakMap<readonly Field[], readonly string[]>()

/**
 * The keys under which an object holds columns, or the fields of a struct: their names, of which each occurs once. The first of several
 * columns of one name keeps it; the others get the first of `name_1`, `name_2`, … that no column has.
 */
export function rowKeys(fields: readonly Field[]): readonly string[] {
  const made = known.get(fields) ?? distinct(fields.map(({ name }) => name))
  known.set(fields, made)
  return made
}

function distinct(names: readonly string[]): readonly string[] {
  const taken = new Set(names)
  if (taken.size === names.length) return names
  const seen = new Set<string>()
  const next = new Map<string, number>()
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name)
      return name
    }
    let number = next.get(name) ?? 1
    while (taken.has(`${name}_${number}`)) number++
    next.set(name, number + 1)
    return `${name}_${number}`
  })
}

/** Makes plain objects with these keys. A key `__proto__` is one like others: nothing of the values becomes a prototype. */
export function objectMaker<V>(keys: readonly string[]): (valueAt: (index: number) => V) => Record<string, V> {
  if (keys.includes('__proto__')) return (valueAt) => Object.fromEntries(keys.map((key, i) => [key, valueAt(i)]))
  return (valueAt) => {
    const object: Record<string, V> = {}
    for (let i = 0; i < keys.length; i++) object[keys[i]!] = valueAt(i)
    return object
  }
}

/** The member of an object given by a user; what every object has, as `constructor` and `__proto__`, is none unless it is its own. */
export function memberOf(object: object, key: string): unknown {
  if (Object.hasOwn(Object.prototype, key) && !Object.hasOwn(object, key)) return undefined
  return (object as Readonly<Record<string, unknown>>)[key]
}
