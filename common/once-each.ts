/** What functions gave for an object, each at its own place: one entry for all, as to enter an object costs more than most of them do. */
const known = new WeakMap<object, unknown[]>()

let functions = 0

/** The function, computed once for each object; its result is kept for as long as the object is. For frozen objects only. */
export function onceEach<K extends object, V extends NonNullable<unknown>>(compute: (of: K) => V): (of: K) => V {
  const place = functions++
  return (of) => {
    let results = known.get(of)
    if (!results) {
      results = []
      known.set(of, results)
    }
    results[place] ??= compute(of)
    return results[place] as V
  }
}
