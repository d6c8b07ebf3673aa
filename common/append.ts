/** Adds values to the end of a list. A spread into `push` would put each on the stack, which ends at some 100,000 of them. */
export function append<T>(list: T[], values: Iterable<T>): void {
  for (const value of values) list.push(value)
}
