import { type DataFrame, StatefulProcessor } from '../../api/index.js'
import { type Equal, holds } from './equal.js'

interface Click {
  readonly user: string
  readonly page: string
}

declare const clicks: DataFrame<Click>

class Visits extends StatefulProcessor<Click, { user: string; pages: number }> {
  readonly seen = this.getHandle().getValueState('seen', 'pages int not null, last string')
  readonly pages = this.getHandle().getMapState('pages', 'page string not null', 'n bigint not null')
  readonly list = this.getHandle().getListState('list', 'page string not null')

  override handleInputRows(_: unknown, rows: Iterable<Click>): { user: string; pages: number }[] {
    const seen = this.seen.get()
    holds<Equal<typeof seen, { pages: number; last: string | null } | undefined>>()
    const n = this.pages.getValue({ page: 'a' })
    holds<Equal<typeof n, { n: bigint } | undefined>>()
    this.seen.update({ pages: 1 })
    this.seen.update({ pages: 1, last: null })
    // @ts-expect-error a column that is not NULL is wanted
    this.seen.update({ last: 'x' })
    // @ts-expect-error it is a number
    this.seen.update({ pages: 1n })
    // @ts-expect-error the key has no such column
    this.pages.updateValue({ pag: 'a' }, { n: 1n })
    for (const { page } of rows) this.list.appendValue({ page })
    return [...this.list.get()].map(({ page }) => ({ user: page, pages: 1 }))
  }
}

class Silent extends StatefulProcessor<Click> {
  override handleInputRows(): void {}
}

const visits = clicks.groupBy('user').transformWithState(Visits, 'user string, pages int', { timeMode: 'none' })
holds<Equal<typeof visits, DataFrame<{ user: string | null; pages: number | null }>>>()
clicks.groupBy('user').transformWithState(Silent, 'user string')
// @ts-expect-error the rows that the class gives are others
clicks.groupBy('user').transformWithState(Visits, 'user string, pages string')
// @ts-expect-error there is no such time mode
clicks.groupBy('user').transformWithState(Silent, 'user string', { timeMode: 'sometimes' })
// @ts-expect-error rows of a click have no such column
clicks.writeStream.foreach(({ pag }) => pag)
clicks.writeStream.foreach(({ page }) => page)
clicks.writeStream.foreach(
  class {
    process({ page }: Click): string {
      return page
    }
  },
)
