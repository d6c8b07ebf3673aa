import { seededRandom } from '../support/random.js'

/** What the systems of a shop know of its customers, and what was planted there to check the result by. */
export interface Shop {
  /** The CRM's export: some people were entered twice, with their address written differently. */
  readonly crm: readonly string[]
  /** Orders by the numbers of CRM entries, whichever of a person's was used. */
  readonly orders: readonly Order[]
  /** Lines of JSON by addresses as people typed them. */
  readonly tickets: readonly string[]
  readonly visits: readonly string[]
  readonly planted: PlantedShop
}

export interface Order {
  readonly customer: number
  readonly cents: number
  readonly at: Date
}

export interface PlantedShop {
  readonly people: number
  readonly entries: number
  readonly cents: number
  readonly openTickets: number
  readonly visits: number
}

const START_MS = Date.UTC(2026, 0, 1)
const DAY_MS = 86_400_000
const DAYS = 90
const CITIES = ['Berlin', 'Lyon', 'Sevilla', 'Torino', 'Utrecht', 'Gdańsk']
const PAGES = ['/home', '/product', '/cart', '/help']
const SUBJECTS = ['late parcel', 'broken on arrival', 'wrong size', 'invoice']
const SHARE = { twice: 0.15, ticket: 0.2, open: 0.3, orders: 0.7 }
const MOST = { orders: 6, visits: 8, cents: 30_000 }

export function makeShop(people: number, seed: number): Shop {
  const random = seededRandom(seed)
  const below = (count: number): number => Math.floor(random() * count)
  const pick = <T>(choices: readonly T[]): T => choices[below(choices.length)]!
  const moment = (): Date => new Date(START_MS + below(DAYS * DAY_MS))
  const spelled = (email: string): string => (random() < 0.5 ? email : ` ${email.toUpperCase()}`)
  const crm: string[] = []
  const orders: Order[] = []
  const tickets: string[] = []
  const visits: string[] = []
  let openTickets = 0
  const enter = (email: string, name: string): number => {
    crm.push(`${crm.length},${name},${spelled(email)},${pick(CITIES)},${moment().toISOString()}`)
    return crm.length - 1
  }
  for (let person = 0; person < people; person++) {
    const [email, name] = [`user${person}@example.com`, `User ${person}`]
    const entries = [enter(email, name), ...(random() < SHARE.twice ? [enter(email, name)] : [])]
    const orderCount = random() < SHARE.orders ? 1 + below(MOST.orders) : 0
    for (let i = 0; i < orderCount; i++)
      orders.push({ customer: pick(entries), cents: 100 + below(MOST.cents), at: moment() })
    if (random() < SHARE.ticket) {
      const isOpen = random() < SHARE.open
      if (isOpen) openTickets++
      const opened = moment()
      const closed = isOpen ? {} : { closed: new Date(opened.getTime() + DAY_MS).toISOString() }
      tickets.push(
        JSON.stringify({ email: spelled(email), subject: pick(SUBJECTS), opened: opened.toISOString(), ...closed }),
      )
    }
    for (let i = below(MOST.visits); i > 0; i--)
      visits.push(JSON.stringify({ email: spelled(email), page: pick(PAGES), at: moment().toISOString() }))
  }
  const cents = orders.reduce((sum, order) => sum + order.cents, 0)
  const planted = { people, entries: crm.length, cents, openTickets, visits: visits.length }
  return { crm, orders, tickets, visits, planted }
}
