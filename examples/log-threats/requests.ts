import { seededRandom } from '../support/random.js'

/** What is hidden among the ordinary requests of a log: the addresses of each kind of attack. */
export interface PlantedThreats {
  /** Addresses that try one password after the other. */
  readonly guessing: readonly string[]
  /** Addresses that look for pages that are not there. */
  readonly scanning: readonly string[]
  /** Addresses that send SQL. */
  readonly injecting: readonly string[]
}

const START_MS = Date.UTC(2026, 0, 15)
const MINUTE_MS = 60_000
const HOURS = 24
const ATTACKERS = 3
const TRIES = 60
const PAGES = ['/', '/products', '/products/17', '/cart', '/about']
const MISSING = ['/.env', '/wp-login.php', '/admin.php', '/backup.zip', '/.git/config']
const AGENTS = ['Mozilla/5.0 (X11; Linux x86_64)', 'Mozilla/5.0 (iPhone)', 'curl/8.5.0']

/** A line as web servers write it (the combined log format), and when it was written. */
interface Request {
  readonly atMs: number
  readonly line: string
}

/** The lines of a day's log in order of time, and who attacked. */
export function makeLog(
  count: number,
  seed: number,
): { readonly lines: readonly string[]; readonly planted: PlantedThreats } {
  const random = seededRandom(seed)
  const oneOf = (values: readonly string[]): string => values[Math.floor(random() * values.length)]!
  const anyTime = (): number => START_MS + Math.floor(random() * HOURS * 60) * MINUTE_MS
  const requests: Request[] = []
  const log = (atMs: number, address: string, request: string, status: number): void => {
    const bytes = 200 + Math.floor(random() * 5000)
    const line = `${address} - - [${logTime(atMs)}] "${request} HTTP/1.1" ${status} ${bytes} "-" "${oneOf(AGENTS)}"`
    requests.push({ atMs, line })
  }
  for (let i = 0; i < count; i++) {
    const address = `10.0.${Math.floor(random() * 20)}.${Math.floor(random() * 250)}`
    // Honest people mistype a password or an address now and then.
    const fate = random()
    if (fate < 0.01) log(anyTime(), address, 'POST /login', 401)
    else if (fate < 0.02) log(anyTime(), address, 'GET /prodcuts', 404)
    else log(anyTime(), address, `GET ${oneOf(PAGES)}`, 200)
  }
  const addresses = (net: number): readonly string[] => Array.from({ length: ATTACKERS }, (_, i) => `203.0.${net}.${i}`)
  const planted = { guessing: addresses(1), scanning: addresses(2), injecting: addresses(3) }
  for (let i = 0; i < ATTACKERS; i++) {
    const [guessAt, scanAt] = [anyTime(), anyTime()]
    for (let n = 0; n < TRIES; n++) {
      log(guessAt + n * 1000, planted.guessing[i]!, 'POST /login', 401)
      log(scanAt + n * 1000, planted.scanning[i]!, `GET ${oneOf(MISSING)}`, 404)
    }
    log(anyTime(), planted.injecting[i]!, `GET /products?id=${i}%20UNION%20SELECT%20password%20FROM%20users`, 200)
  }
  requests.sort((a, b) => a.atMs - b.atMs)
  return { lines: requests.map(({ line }) => line), planted }
}

/** `15/Jan/2026:08:30:00 +0000`. */
function logTime(atMs: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(atMs).toUTCString())!
  return `${day}/${month}/${year}:${time} +0000`
}
