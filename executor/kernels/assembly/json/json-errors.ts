// Where a text of JSON is malformed.

/** Behind the byte that made a text malformed: where Jackson goes on reading when asked to. 0 when it does not. */
export let errorAt: usize = 0

export function malformed(at: usize): usize {
  errorAt = at
  return 0
}

/** Jackson does not go on reading. */
export function forgetError(): void {
  errorAt = 0
}
