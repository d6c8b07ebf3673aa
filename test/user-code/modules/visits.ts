import { type AnyRow, StatefulProcessor } from '../../../api/index.js'

const label = (user: unknown, rows: number): string => `${String(user)} ${rows}`

/** Counts the rows of each group, with a function of its module. */
export class Visits extends StatefulProcessor<AnyRow, { readonly what: string }> {
  readonly seen = this.getHandle().getValueState('seen', 'rows int not null')

  override handleInputRows([user]: readonly unknown[], rows: Iterable<AnyRow>): Iterable<{ readonly what: string }> {
    const count = (this.seen.get()?.rows ?? 0) + [...rows].length
    this.seen.update({ rows: count })
    return [{ what: label(user, count) }]
  }
}
