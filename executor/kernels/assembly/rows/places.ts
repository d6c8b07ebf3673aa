// The first places of a partition that a limit of rows keeps.

const PLACE_SHIFT: usize = 3

/** Puts a word among the greatest ones, which come from the greatest on and are zero at first, in place of the last of them. */
export function placesPut(places: usize, count: u32, word: u64): void {
  let at = places + (<usize>(count - 1) << PLACE_SHIFT)
  while (at > places && load<u64>(at - 8) < word) {
    store<u64>(at, load<u64>(at - 8))
    at -= 8
  }
  store<u64>(at, word)
}

/** The same where each word is there once. */
export function placesPutOnce(places: usize, count: u32, word: u64): void {
  const end = places + (<usize>count << PLACE_SHIFT)
  for (let at = places; at < end; at += 8) if (load<u64>(at) == word) return
  placesPut(places, count, word)
}
