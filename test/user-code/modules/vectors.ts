import { Utf8, type Vector, vectorFromArray } from 'apache-arrow'

/** Both with a colon between them, where there is a text. */
export function joined(ids: Vector, texts: Vector): Vector {
  const parts = Array.from({ length: ids.length }, (_, i) => {
    const text = texts.get(i) as string | null
    return text === null ? null : `${ids.get(i)}:${text}`
  })
  return vectorFromArray(parts, new Utf8())
}

export function throwing(_: Vector): Vector {
  throw new RangeError('no vector')
}
