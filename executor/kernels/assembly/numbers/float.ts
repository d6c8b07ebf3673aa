/** What is left of a division of doubles, with the dividend's sign, as C's fmod. */
export function doubleRemainder(a: f64, b: f64): f64 {
  return a % b
}
