import type { DataFrame } from '../../api/index.js'
import { type Equal, holds } from './equal.js'

interface Click {
  readonly user: string
  readonly page: string
}

declare const clicks: DataFrame<Click>

const visits = clicks.groupBy('user').flatMapGroupsWithState(
  function* ([user], rows, state) {
    const before = state.getOption()
    holds<Equal<typeof before, { pages: number; last: string | null } | undefined>>()
    let { pages } = before ?? { pages: 0 }
    for (const { page } of rows) pages += page.length
    state.update({ pages })
    // @ts-expect-error a column that is not NULL is wanted
    state.update({ last: 'x' })
    state.setTimeoutDuration('1 hour')
    yield { user: String(user), pages }
  },
  'user string, pages int',
  'pages int not null, last string',
  { outputMode: 'append', timeoutConf: 'processingTime' },
)
holds<Equal<typeof visits, DataFrame<{ user: string | null; pages: number | null }>>>()

clicks.groupBy('user').mapGroupsWithState(async (_, rows) => ({ n: [...rows].length }), 'n int', 'n int')
// @ts-expect-error the rows that the function gives are others
clicks.groupBy('user').mapGroupsWithState(() => ({ n: 'many' }), 'n int', 'n int')
// @ts-expect-error as what the rows are meant has to be said
clicks.groupBy('user').flatMapGroupsWithState(() => [], 'n int', 'n int')
