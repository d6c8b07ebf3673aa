import test from 'ava'
import pg from 'pg'
import type { Session } from '../../api/index.js'

/** The connection string of a real PostgreSQL; test/support/start-postgres.sh starts one. */
const CONNECTION = process.env['MILLRACE_TEST_POSTGRES']
/** For tests that need one, one after the other: they look at what is left at the server. */
export const withPostgres = CONNECTION === undefined ? test.serial.skip : test.serial
export const NEEDS = '(needs MILLRACE_TEST_POSTGRES)'

/** The connection string, with parameters. */
export const connectionString = (parameters = ''): string => `${CONNECTION!}${parameters}`

/** Runs with a connection of the server's own client. */
export async function withClient<T>(body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connectionString())
  await client.connect()
  try {
    return await body(client)
  } finally {
    await client.end()
  }
}

/** Rows by position, values as the server writes them. */
export async function asTexts(client: pg.Client, query: string): Promise<readonly (readonly (string | null)[])[]> {
  const types = { getTypeParser: () => (value: string) => value }
  return (await client.query({ text: query, rowMode: 'array', types })).rows
}

let tables = 0
/** A name that no other test has. */
export const newTable = (): string => `t_${process.pid}_${tables++}`

export const readTable = (session: Session, dbtable: string, more: Readonly<Record<string, string>> = {}) =>
  session.read
    .format('postgresql')
    .options({ connectionString: connectionString(), dbtable, ...more })
    .load()

/** Asks until the answer is yes, for some seconds. */
export async function until(ask: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await ask())) if (Date.now() > end) throw new Error('it did not come to be')
}
