import { fileURLToPath } from 'node:url'
import test from 'ava'
import { MillraceError, udf } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { failing, gross, notExported } from './modules/prices.js'

const PRICES = new URL('./modules/prices.js', import.meta.url).href
const pathOf = (file: string): string => (file.startsWith('file:') ? fileURLToPath(file) : file)

const conditionOf = (run: () => unknown): MillraceError => {
  try {
    run()
  } catch (error) {
    if (MillraceError.is(error)) return error
    throw error
  }
  throw new Error('nothing was raised')
}

for (const master of ['local[1]', 'local-cluster[1,1,512]']) {
  test(`functions run with declared values and helpers, or from their module, on ${master}`, async (t) => {
    await withSession(master, async (session) => {
      const factor = 3
      const names = new Map([['a', 1n]])
      const twice = (x: number): number => x * 2
      const scaled = udf((x: number | null) => (x === null ? null : twice(x) * factor + names.size), 'double', {
        values: { factor, names, twice },
      })
      const data = session.createDataFrame([{ x: 1.5 }], 'x double')
      const priced = udf(gross, 'double', { module: PRICES })
      t.deepEqual(await data.select(scaled('x').as('a'), priced('x').as('b')).collect(), [
        { a: 10, b: 1.7999999999999998 },
      ])
    })
  })

  test(`what a function throws is told with its file and line on ${master}`, async (t) => {
    await withSession(master, async (session) => {
      const data = session.createDataFrame([{ x: 1 }, { x: 3 }], 'x int')
      const inline = udf(
        (x: { y: number } | number | null) => {
          const { y } = x as { y: number }
          return (y as unknown as { z: number }).z
        },
        'int',
        { name: 'inline' },
      )
      const error = await t.throwsAsync<MillraceError>(data.select(inline('x')).collect())
      t.is(error.condition, 'FAILED_EXECUTE_UDF')
      t.is(error.parameters.functionName, '`inline`')
      t.is(error.parameters.signature, 'int')
      const [, file, line] = /\(([^()]+):(\d+):\d+\)$/.exec(error.parameters.reason!) ?? []
      const { readFileSync } = await import('node:fs')
      const text = readFileSync(pathOf(file!), 'utf8').split('\n')[Number(line) - 1]!
      t.regex(file!, /shipping\.test\.[jt]s$/)
      t.regex(text, /\.z$/)
      t.true(MillraceError.is(error.cause) && /TypeError|undefined/.test(error.cause.stack ?? ''))

      const ofModule = await t.throwsAsync<MillraceError>(
        data.select(udf(failing, 'int', { module: PRICES })('x')).collect(),
      )
      t.regex(
        ofModule.message,
        /failing`: \(int\) => int failed due to: RangeError: three is too many \(.*prices\.[jt]s:\d+:\d+\)/,
      )
    })
  })
}

test('what a function takes from around it is refused by name, with what to do', (t) => {
  const factor = 2
  const helper = (x: number): number => x + factor
  const error = conditionOf(() => udf((x: number) => helper(x) * factor, 'double', { name: 'f' }))
  t.is(error.condition, 'UDF_FREE_VARIABLES')
  t.is(error.parameters.names, '`helper`, `factor`')
  t.regex(error.message, /values: \{ helper, factor \}.*module: import\.meta\.url/)
  const inner = conditionOf(() => udf((x: number) => helper(x), 'double', { values: { helper } }))
  t.is(inner.parameters.functionName, '`helper`')
  t.is(inner.parameters.names, '`factor`')
})

test('names that a function defines itself, or that are the same everywhere, are not taken from around it', (t) => {
  t.notThrows(() =>
    udf(function self(a: number, { b = a, ...c }: { b?: number }, ...[d]: number[]): number {
      var later = Math.max(a, b)
      for (const [k, v] of Object.entries(c)) if (k) later += Number(v)
      class Own {
        static x = 1
        get y(): number {
          return Own.x + later
        }
      }
      try {
        inner()
      } catch (e) {
        later += String(e).length
      }
      label: for (let i = 0; i < 1; i++) {
        switch (i) {
          case 0: {
            const w = i
            later += w
            break label
          }
        }
      }
      function inner(): number {
        // biome-ignore lint/complexity/noArguments: it is the name that is not free in a function.
        return new Own().y + d! + arguments.length
      }
      return a > 0 ? self(a - 1, { b }) : later + (typeof Intl === 'object' ? 1 : 0)
    }, 'double'),
  )
  const error = conditionOf(() =>
    udf(() => {
      if (Date.now() > 0) {
        const within = 1
        void within
      }
      return within as unknown as number
    }, 'int'),
  )
  t.is(error.parameters.names, '`within`')
})
declare const within: unknown

test('what cannot be sent is refused with its reason', async (t) => {
  const reasonOf = (run: () => unknown): string => {
    const error = conditionOf(run)
    t.is(error.condition, 'UNSUPPORTED_UDF_SOURCE')
    return error.parameters.reason!
  }
  t.regex(
    reasonOf(() => udf(Math.abs as (x: number) => number, 'double')),
    /no source text/,
  )
  t.regex(
    reasonOf(() => udf(gross.bind(undefined), 'double')),
    /bind\(\)/,
  )
  t.regex(
    reasonOf(() => udf(class {} as never, 'double')),
    /class/,
  )
  const symbol = Symbol('s')
  t.regex(
    reasonOf(() => udf(() => String(symbol), 'string', { values: { symbol } })),
    /cannot be sent/,
  )
  t.regex(
    reasonOf(() =>
      udf(
        (
          () => (x: number) =>
            x
        )(),
        'double',
        { module: PRICES },
      ),
    ),
    /no name/,
  )
  t.regex(
    reasonOf(() => udf(gross, 'double', { module: PRICES, values: {} })),
    /a module has its own/,
  )
  const main = new URL(`file://${process.argv[1]}`)
  t.regex(
    reasonOf(() => udf(gross, 'double', { module: main })),
    /is the program/,
  )
  t.is(conditionOf(() => udf('x' as never, 'double')).condition, 'INVALID_API_USE')
  const misspelt = conditionOf(() => udf((x: number) => x, 'double', { vaules: {} } as never))
  t.is(misspelt.condition, 'INVALID_API_USE')
  t.regex(String(misspelt.parameters['reason']), /no option vaules/)
})

test('a module or a function in it that is not there is told when the query runs', async (t) => {
  await withSession('local[1]', async (session) => {
    const run = (fn: (x: number) => number, module: string) =>
      t.throwsAsync<MillraceError>(
        session
          .range(1)
          .select(udf(fn, 'double', { module })('id'))
          .collect(),
      )
    const missing = await run(notExported, PRICES)
    t.is(missing.condition, 'CANNOT_LOAD_USER_FUNCTION')
    t.regex(missing.message, /`hidden` cannot be loaded from .*prices\.js: it exports no function hidden/)
    t.is((await run(gross as never, 'file:///nowhere/none.js')).condition, 'CANNOT_LOAD_USER_FUNCTION')
  })
})

test('methods and functions with defaults are taken, and the number of arguments is checked', async (t) => {
  await withSession('local[1]', async (session) => {
    const own = {
      add(a: bigint, b = 5n): bigint {
        return a + b
      },
    }
    session.udf.register('add', own.add as (...args: bigint[]) => bigint, 'bigint')
    t.deepEqual(await session.sql('select add(1L) a, add(1L, 2L) b').collect(), [{ a: 6n, b: 3n }])
    for (const [text, expected] of [
      ['select add()', '[1, 2]'],
      ['select add(1, 2, 3)', '[1, 2]'],
    ] as const) {
      const error = await t.throwsAsync<MillraceError>(session.sql(text).collect())
      t.is(error.condition, 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION')
      t.is(error.parameters.expectedNum, expected)
    }
  })
})
