/** Reads the JSON of a constant operand once, for as long as it is the same. */
export function constantOnce<T>(): (json: string) => T {
  let last: { readonly json: string; readonly value: T } | undefined
  return (json) => {
    if (last?.json !== json) last = { json, value: JSON.parse(json) as T }
    return last.value
  }
}
