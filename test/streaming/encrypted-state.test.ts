import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, functions as F, type Session } from '../../api/index.js'
import { stateKeyOf } from '../../common/encryption/file-protection.js'
import { refusal } from '../support/raised.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

const MARKER = 'nobody is to read this'
const KEYS = 200

class Counts {
  readonly #place: StreamPlace
  #sent = 0

  constructor(place: StreamPlace) {
    this.#place = place
  }

  at(name: string): string {
    return join(this.#place.directory, name)
  }

  /** Each text once more. */
  async send(): Promise<void> {
    this.#sent++
    await this.#place.send(
      'texts',
      Array.from({ length: KEYS }, (_, i) => `${MARKER} ${i}`),
    )
  }

  /** Runs the query up to what was sent; throws unless each text was counted as often as it was sent. */
  async run(settings: Readonly<Record<string, string | number>>, master = 'local[2]'): Promise<void> {
    const seen = new Map<unknown, unknown>()
    await withSession(
      master,
      async (session) => {
        const query = await this.#counts(session)
          .writeStream.foreachBatch(async (batch) => {
            for (const { text, n } of (await batch.collect()) as AnyRow[]) seen.set(text, n)
          })
          .outputMode('update')
          .option('checkpointLocation', this.at('checkpoint'))
          .trigger({ availableNow: true })
          .start()
        await query.awaitTermination()
      },
      { 'shuffle.partitions': 2, ...settings },
    )
    const counts = [...seen.values()]
    if (counts.length !== KEYS || counts.some((n) => n !== BigInt(this.#sent)))
      throw new Error(`${counts.length} texts are counted ${counts[0]} times`)
  }

  #counts(session: Session) {
    return this.#place
      .read(session, 'texts')
      .groupBy(col('value').cast('string').as('text'))
      .agg(F.count().as('n'))
      .toDF()
  }

  /** How many files of state have the texts so that they can be read, of how many. */
  async readable(): Promise<readonly [number, number]> {
    const entries = await readdir(join(this.at('checkpoint'), 'state'), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const contents = await Promise.all(files.map((path) => readFile(path)))
    return [contents.filter((content) => content.includes(MARKER)).length, files.length]
  }

  async keyFile(name: string, ...keys: readonly Buffer[]): Promise<Readonly<Record<string, string>>> {
    await writeFile(this.at(name), keys.map((key) => `${key.toString('hex')}\n`).join(''), { mode: 0o600 })
    return { 'checkpoint.encryption.keyFile': this.at(name) }
  }
}

for (const master of ['local[2]', 'local-cluster[2,1,512]'])
  test(`in ${master} a stream goes on from state that is encrypted, by its key`, (t) =>
    withStreamPlace(async (place) => {
      const counts = new Counts(place)
      const settings = await counts.keyFile('key', randomBytes(32))
      for (let starts = 0; starts < 3; starts++) {
        await counts.send()
        await counts.run(settings, master)
      }
      const [readable, files] = await counts.readable()
      t.is(readable, 0)
      t.true(files > 0)
    }))

test('without the key, or with another, a stream ends with one condition and changes nothing', (t) =>
  withStreamPlace(async (place) => {
    const counts = new Counts(place)
    const key = randomBytes(32)
    const right = await counts.keyFile('key', key)
    const wrong = await counts.keyFile('other', randomBytes(32))
    await counts.send()
    await counts.run(right)
    await counts.send()
    for (const settings of [{}, wrong, { 'io.encryption.enabled': 'true' }]) {
      const message = await refusal(t, counts.run(settings))
      t.true(message.includes('[STATE_KEY_UNKNOWN]'), message)
      t.true(message.includes(stateKeyOf(key).id), message)
      t.false(message.includes(key.toString('hex')), message)
    }
    await counts.run(right)
    t.is((await counts.readable())[0], 0)
  }))

test('a stream goes on with a new key, with encryption that is new to it, and in other partitions', (t) =>
  withStreamPlace(async (place) => {
    const counts = new Counts(place)
    const [old, young] = [randomBytes(32), randomBytes(32)]
    await counts.send()
    await counts.run({})
    const [plain, all] = await counts.readable()
    t.is(plain, all, 'as it is without a key')
    await counts.send()
    await counts.run(await counts.keyFile('old', old))
    t.is((await counts.readable())[0], plain, 'what comes is encrypted')
    await counts.send()
    await counts.run(await counts.keyFile('both', young, old))
    await counts.send()
    await counts.run({ ...(await counts.keyFile('both', young, old)), 'shuffle.partitions': 3 })
    t.is((await counts.readable())[0], plain, 'also what is moved')
    await counts.send()
    await counts.run({ ...(await counts.keyFile('young', young)), 'shuffle.partitions': 3 })
  }))

test('rows of encrypted state are read by who has the key', (t) =>
  withStreamPlace(async (place) => {
    const counts = new Counts(place)
    const settings = await counts.keyFile('key', randomBytes(32))
    await counts.send()
    await counts.run(settings)
    const read = async (session: Session): Promise<number> =>
      (await session.read.format('statestore').load(counts.at('checkpoint')).collect()).length
    t.is(await withSession('local[1]', read, settings), KEYS)
    t.regex(await refusal(t, withSession('local[1]', read)), /\[STATE_KEY_UNKNOWN\]/)
  }))

test('a file that has no keys is refused by its name and its line, and no key is told', (t) =>
  withStreamPlace(async (place) => {
    const counts = new Counts(place)
    const start = (file: string): Promise<string> =>
      refusal(
        t,
        withSession('local[1]', async () => undefined, { 'checkpoint.encryption.keyFile': counts.at(file) }),
      )
    t.regex(await start('nowhere'), /\[FAILED_READ_FILE\].*nowhere/)
    const key = randomBytes(32).toString('hex')
    for (const [content, reason] of [
      ['', /it has 0 keys/],
      [`${key}\n`.repeat(17), /it has 17 keys/],
      [`\n${key}\n${key.slice(1)}\n`, /its line 3 is no key/],
      [`${key}${key}`, /its line 1 is no key/],
    ] as const) {
      await writeFile(counts.at('file'), content)
      const message = await start('file')
      t.regex(message, /\[INVALID_CONF_VALUE\].*checkpoint\.encryption\.keyFile/)
      t.regex(message, reason)
      t.false(message.includes(key.slice(2, 40)))
    }
  }))
