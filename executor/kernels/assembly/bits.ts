// Whole numbers bit by bit.
export function bitsAnd(a: i64, b: i64): i64 {
  return a & b
}

export function bitsOr(a: i64, b: i64): i64 {
  return a | b
}

export function bitsXor(a: i64, b: i64): i64 {
  return a ^ b
}
