import { MillraceError } from '../../common/errors/millrace-error.js'
import type { HostRoutine } from './routine.js'
import {
  allFound,
  type Characters,
  charactersOf,
  firstFound,
  lastFound,
  searchOf,
  type TextSearch,
} from './text-search.js'

/* Functions of texts that search for others as a collation compares them, which is their last operand. Places count code points from 1. */

const searching =
  (
    run: (
      search: TextSearch,
      text: Characters,
      part: Characters,
      more: readonly unknown[],
    ) => boolean | number | string,
  ): HostRoutine =>
  (operands) => {
    const [text, part, ...more] = operands
    const search = searchOf(more.pop() as string)
    return run(search, charactersOf(text as string), charactersOf(part as string), more)
  }

export const contains = searching((search, text, part) => firstFound(search, text, part, 0) !== undefined)
export const startsWith = searching((search, text, part) => search.endAt(text, 0, part) !== undefined)
export const endsWith = searching(
  (search, text, part) => text.some((_, start) => search.endAt(text, start, part) === text.length) || part.length === 0,
)

/** From a place on; an empty part is at the beginning, wherever that is. */
export const position = searching((search, text, part, [from]) => {
  const first = (from as number) - 1
  if (first < 0) return 0
  if (part.length === 0) return 1
  const found = firstFound(search, text, part, first)
  return found ? found.start + 1 : 0
})

export const replace = searching((search, text, part, [by]) => {
  if (part.length === 0) return text.join('')
  let [made, last] = ['', 0]
  for (const { start, end } of allFound(search, text, part)) {
    made += text.slice(last, start).join('') + (by as string)
    last = end
  }
  return made + text.slice(last).join('')
})

export const substringIndex = searching((search, text, part, [given]) => {
  const count = given as number
  if (part.length === 0 || count === 0) return ''
  if (count > 0) {
    let from = 0
    for (let n = 1; ; n++) {
      const found = firstFound(search, text, part, from)
      if (!found) return text.join('')
      if (n === count) return text.slice(0, found.start).join('')
      from = found.start + 1
    }
  }
  let before = text.length
  for (let n = -1; ; n--) {
    const found = lastFound(search, text, part, before)
    if (!found) return text.join('')
    if (n === count) return text.slice(found.end).join('')
    before = found.end - 1
  }
})

/** The parts between occurrences, by number; one that there is not is empty. */
export const splitPart = searching((search, text, part, [given]) => {
  const found = part.length === 0 ? [] : allFound(search, text, part)
  const starts = [0, ...found.map(({ end }) => end)]
  const ends = [...found.map(({ start }) => start), text.length]
  const number = given as number
  if (number === 0) throw new MillraceError('INVALID_INDEX_OF_ZERO')
  const index = number > 0 ? number - 1 : starts.length + number
  return starts[index] === undefined ? '' : text.slice(starts[index], ends[index]).join('')
})

/** Which of the words between commas it is; a word with a comma is none. */
export const findInSet = searching((search, word, list) => {
  if (word.includes(',')) return 0
  const words = list.join('').split(',').map(charactersOf)
  return words.findIndex((one) => search.endAt(one, 0, word) === one.length) + 1
})

/** The words between commas, each without the blanks at its end. */
export const trimmedWords: HostRoutine = ([list]) =>
  (list as string)
    .split(',')
    .map((word) => {
      let end = word.length
      while (word[end - 1] === ' ') end--
      return word.slice(0, end)
    })
    .join()

/** Each character of a list replaced by that of the other, or taken out; the first one of the list counts. */
export const translate = searching((search, text, from, [to]) => {
  const by = charactersOf(to as string)
  const made: string[] = []
  for (let i = 0; i < text.length; ) {
    const place = from.findIndex((character) => search.endAt(text, i, [character]) !== undefined)
    if (place < 0) {
      made.push(text[i++]!)
      continue
    }
    made.push(by[place] ?? '')
    i = search.endAt(text, i, [from[place]!])!
  }
  return made.join('')
})

/** Without the characters of a list at the beginning (1), the end (2) or both (3). */
export const trim = searching((search, text, list, [sides]) => {
  let [start, end] = [0, text.length]
  if ((sides as number) & 1) {
    for (let next: number | undefined; start < end; start = next) {
      next = list.map((one) => search.endAt(text, start, [one])).find((at) => at !== undefined && at > start)
      if (next === undefined) break
    }
  }
  if ((sides as number) & 2) {
    for (let next: number | undefined; end > start; end = next) {
      const within = text.slice(0, end)
      next = [1, 2]
        .map((size) => end - size)
        .find((at) => at >= start && list.some((one) => search.endAt(within, at, [one]) === end))
      if (next === undefined) break
    }
  }
  return text.slice(start, Math.max(start, end)).join('')
})
