import type { EnumDescriptor } from './descriptor.js'

/** The values of an enumeration, found by what they are called and by their numbers. */
interface EnumValues {
  /** Of several names of a number the first. */
  readonly names: ReadonlyMap<number, string>
  readonly numbers: ReadonlyMap<string, number>
}

/** Made once of an enumeration, of however many fields it is. */
const known = new WeakMap<EnumDescriptor, EnumValues>()

export function enumValues(of: EnumDescriptor): EnumValues {
  const found = known.get(of)
  if (found) return found
  const made = {
    names: new Map(of.values.toReversed().map(([name, number]) => [number, name])),
    numbers: new Map(of.values),
  }
  known.set(of, made)
  return made
}
