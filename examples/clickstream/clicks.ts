import { seededRandom } from '../support/random.js'

/** How many clicks of each kind there are in the files, to check the result by. */
export interface PlantedClicks {
  /** Each once, as it was meant. */
  readonly clicks: number
  /** Lines that are there twice: a client that sent again. */
  readonly repeated: number
  /** Lines that are cut in the middle. */
  readonly broken: number
  readonly sessions: number
  readonly purchases: number
}

const START_MS = Date.UTC(2026, 0, 15, 8)
const DAYS = 2
const DAY_MS = 86_400_000
/** Clicks of a visit are at most so far apart; visits of a user are at least a day apart. */
const MOST_PAUSE_MS = 5 * 60_000
const SHARE = { repeated: 0.02, broken: 0.005 }
/** What a visitor does next, and how probably. */
const STEPS = ['/home', '/product', '/cart', '/purchase'] as const
const GOES_ON = 0.5

/** Lines of JSON as a web server would log them, in files of some thousand lines, and what is planted in them. */
export function makeClicks(
  users: number,
  seed: number,
): { readonly lines: readonly string[]; readonly planted: PlantedClicks } {
  const random = seededRandom(seed)
  const lines: string[] = []
  const planted = { clicks: 0, repeated: 0, broken: 0, sessions: 0, purchases: 0 }
  const log = (user: number, page: string, atMs: number): void => {
    const line = JSON.stringify({ id: planted.clicks, user, page, at: new Date(atMs).toISOString() })
    planted.clicks++
    lines.push(line)
    if (random() < SHARE.repeated) {
      planted.repeated++
      lines.push(line)
    }
    if (random() < SHARE.broken) {
      planted.broken++
      lines.push(line.slice(0, 20 + Math.floor(random() * 20)))
    }
  }
  for (let day = 0; day < DAYS; day++) {
    for (let user = 0; user < users; user++) {
      planted.sessions++
      let atMs = START_MS + day * DAY_MS + Math.floor(random() * (DAY_MS / 4))
      for (const page of STEPS) {
        log(user, page, atMs)
        if (page === '/purchase') planted.purchases++
        if (random() >= GOES_ON) break
        atMs += 1000 + Math.floor(random() * MOST_PAUSE_MS)
      }
    }
  }
  return { lines, planted }
}
