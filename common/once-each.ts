/** The function, computed once for each object; its result is kept for as long as the object is. For frozen objects only. */
export function onceEach<K extends object, V>(compute: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, { readonly value: V }>()
  return (of) => {
    let result = known.get(of)
    if (!result) {
      result = { value: compute(of) }
      known.set(of, result)
    }
    return result.value
  }
}
