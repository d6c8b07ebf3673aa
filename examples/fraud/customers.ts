import { Decimal } from '../../api/index.js'
import { seededRandom } from '../support/random.js'

/** A customer as the table at rest has it. */
export interface Customer {
  readonly customer_id: bigint
  readonly home_country: string
  /** What a payment of this customer usually comes to. */
  readonly usual_amount: Decimal
  readonly segment: string
  readonly travels: boolean
}

export const CUSTOMER_SCHEMA =
  'customer_id bigint not null, home_country string not null, usual_amount decimal(12,2) not null, segment string not null, travels boolean not null'

export const COUNTRIES: readonly string[] = ['DE', 'FR', 'ES', 'IT', 'NL', 'PL', 'SE', 'AT']
const SEGMENTS = ['basic', 'plus', 'business']
const TRAVELLER_SHARE = 0.2

/** The customers 0, 1, 2, …; each has one card of the same number. */
export function makeCustomers(count: number, seed: number): readonly Customer[] {
  const random = seededRandom(seed)
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!
  return Array.from({ length: count }, (_, i) => ({
    customer_id: BigInt(i),
    home_country: pick(COUNTRIES),
    usual_amount: new Decimal(BigInt(500 + Math.floor(random() * 9_500)), 2),
    segment: pick(SEGMENTS),
    travels: random() < TRAVELLER_SHARE,
  }))
}
