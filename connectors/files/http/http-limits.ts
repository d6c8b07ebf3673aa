/** How long a server is waited for, and how much is taken of it. */
export interface HttpLimits {
  /** Until a reply must be there whole, if it is short; long ones get the time that they take at `leastBytesPerSecond`. */
  readonly waitMs: number
  readonly leastBytesPerSecond: number
  /** How often a request is made in all when its server fails or the connection breaks. */
  readonly tries: number
  /** Before the second try; twice as long before each further one. */
  readonly backoffMs: number
  /** What a server that wants to be left alone for longer is waited for at most. */
  readonly mostBackoffMs: number
  /** A file of a server that gives all of it or nothing is read up to this size. */
  readonly mostWholeBytes: number
}

export const HTTP_LIMITS: HttpLimits = {
  waitMs: 30_000,
  leastBytesPerSecond: 64 * 1024,
  tries: 4,
  backoffMs: 200,
  mostBackoffMs: 5000,
  mostWholeBytes: 256 * 1024 ** 2,
}
