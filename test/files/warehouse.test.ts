import { spawn } from 'node:child_process'
import fs, { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { INT } from '../../columnar/types.js'
import type { CatalogRelation, TableEntry } from '../../connectors/catalog.js'
import { Warehouse } from '../../connectors/warehouse/warehouse.js'
import { functionOf, viewOf } from '../support/catalog-entries.js'
import { nodeArguments } from '../support/programs.js'
import { raised } from '../support/raised.js'
import { withWarehouse } from '../support/warehouses.js'

const CHILD = fileURLToPath(new URL('../support/catalog-child.js', import.meta.url))
const KILLER = new URL('../support/kill-at-step.js', import.meta.url).href

interface Ended {
  readonly signal: string | null
  readonly output: string
}

function run(folder: string, work: string, killAt?: number): Promise<Ended> {
  const killing = killAt === undefined ? [] : [KILLER]
  const child = spawn(process.execPath, nodeArguments(CHILD, [folder, work], killing), {
    env: { ...process.env, KILL_AT: `main:${killAt ?? 0}`, KILL_BELOW: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0 || signal !== null) resolve({ signal, output })
      else reject(new Error(`the child ended with ${code}`))
    })
  })
}

/** What is in a catalog, in a line. */
function stateOf(warehouse: Warehouse): string {
  return warehouse
    .databases()
    .map((database) => {
      const relations = warehouse.relations(database)
      return `${database.name}(${relations.map(({ kind, name, comment = '' }) => `${kind} ${name} ${comment}`.trim()).join(', ')})`
    })
    .join(' ')
}

const STATES = [
  'default()',
  'default(table t)',
  'default(table t, view v)',
  'default(table t changed, view v)',
  'default(table u changed, view v)',
  'default(table u changed)',
  'd() default(table u changed)',
  'd(table x) default(table u changed)',
  'default(table u changed)',
  'default()',
  'default(view t)',
]

test('a process that is killed at any step of its changes leaves what was there before one of them, or after it', async (t) => {
  let latest = 0
  for (let step = 1; ; step++) {
    const { signal, state, after } = await withWarehouse(async (folder) => {
      const ended = await run(folder, 'history', step)
      const warehouse = new Warehouse(folder)
      const state = stateOf(warehouse)
      // Whoever comes next can work with what is left.
      warehouse.create(viewOf('next'))
      warehouse.drop(warehouse.relation(warehouse.database('default')!, 'next')!)
      return { signal: ended.signal, state, after: stateOf(warehouse) }
    })
    const at = STATES.indexOf(state, latest)
    t.true(at === latest || at === latest + 1, `step ${step}: ${state}`)
    t.is(after, state)
    latest = at
    if (signal === null) break
    t.true(step < 200)
  }
  t.is(latest, STATES.length - 1)
})

test('changes of several processes at the same entry are all made, one after the other', (t) =>
  withWarehouse(async (folder) => {
    const warehouse = new Warehouse(folder)
    warehouse.create({ ...viewOf('t') })
    await Promise.all([run(folder, 'count'), run(folder, 'count'), run(folder, 'count')])
    t.is(warehouse.relation(warehouse.database('default')!, 't')?.properties['n'], '120')
  }))

test('of several processes that make an entry of one name one makes it', (t) =>
  withWarehouse(async (folder) => {
    const made = await Promise.all([run(folder, 'claim'), run(folder, 'claim'), run(folder, 'claim')])
    const names = made.flatMap(({ output }) => output.split(' ').filter((name) => name !== ''))
    t.is(names.length, 40)
    t.is(new Set(names).size, 40)
    const warehouse = new Warehouse(folder)
    t.is(warehouse.relations(warehouse.database('default')!).length, 40)
  }))

test('an entry that another session changed, moved or dropped meanwhile is refused to whoever read it before', (t) =>
  withWarehouse(async (folder) => {
    const [one, other] = [new Warehouse(folder), new Warehouse(folder)]
    const database = one.database('default')!
    const read = (warehouse: Warehouse, name = 't'): CatalogRelation => warehouse.relation(database, name)!
    one.create(viewOf('t'))
    const refused = (act: () => unknown) => raised(t, act, 'CONCURRENT_CATALOG_CHANGE')
    const before = read(one)
    other.replace(read(other), { ...read(other), comment: 'new' })
    await refused(() => one.replace(before, { ...before, comment: 'old' }))
    await refused(() => one.drop(before))
    await refused(() => one.rename(before, 'u'))
    t.deepEqual(
      one.relations(database).map(({ name, comment }) => [name, comment]),
      [['t', 'new']],
    )
    const dropped = read(one)
    other.drop(read(other))
    await refused(() => one.replace(dropped, dropped))
    // A new one of the name is another one.
    other.create(viewOf('t'))
    await refused(() => one.replace(dropped, dropped))
    t.is(read(one).comment, undefined)
    t.false(one.create(viewOf('t')))
    other.create(viewOf('u'))
    t.false(one.rename(read(one), 'u'))
  }))

const ENTRIES = ['_millrace_catalog', 'relations', 'default']

/** Makes all files of a catalog old, so that the next change removes those before the newest. */
function age(folder: string, warehouse: Warehouse, name: string): void {
  const entries = join(folder, ...ENTRIES)
  const longAgo = new Date(Date.now() - 3_600_000)
  for (const file of readdirSync(entries)) utimesSync(join(entries, file), longAgo, longAgo)
  warehouse.create(viewOf(name))
}

test('who read an entry long ago is refused, though the files that came after it are gone', (t) =>
  withWarehouse(async (folder) => {
    const [one, other] = [new Warehouse(folder), new Warehouse(folder)]
    const database = one.database('default')!
    one.create(viewOf('t'))
    const before = one.relation(database, 't')!
    for (const comment of ['second', 'third'])
      other.replace(other.relation(database, 't')!, { ...viewOf('t'), comment })
    age(folder, other, 'u')
    t.deepEqual(readdirSync(join(folder, ...ENTRIES)).toSorted(), ['t.3', 'u.1'])
    t.throws(() => one.replace(before, before), { message: /CONCURRENT_CATALOG_CHANGE/ })
    t.is(other.relation(database, 't')?.comment, 'third')
  }))

test.serial('who slept in the middle of a change finds that he was too late', (t) =>
  withWarehouse(async (folder) => {
    const [one, other] = [new Warehouse(folder), new Warehouse(folder)]
    const database = one.database('default')!
    one.create(viewOf('t'))
    const before = one.relation(database, 't')!
    const [link, now] = [fs.linkSync, Date.now]
    fs.linkSync = (from, to) => {
      fs.linkSync = link
      syncBuiltinESMExports()
      for (const comment of ['second', 'third'])
        other.replace(other.relation(database, 't')!, { ...viewOf('t'), comment })
      age(folder, other, 'u')
      Date.now = () => now() + 60_000
      link(from, to)
    }
    syncBuiltinESMExports()
    try {
      t.throws(() => one.replace(before, before), { message: /CONCURRENT_CATALOG_CHANGE/ })
    } finally {
      Date.now = now
    }
    t.deepEqual(readdirSync(join(folder, ...ENTRIES)).toSorted(), ['t.3', 'u.1'])
  }),
)

test('a schema that is dropped while something is made in it is not there, or not empty', (t) =>
  withWarehouse(async (folder) => {
    const [one, other] = [new Warehouse(folder), new Warehouse(folder)]
    t.true(one.createDatabase({ name: 'd', properties: {} }))
    t.false(other.createDatabase({ name: 'd', properties: {} }))
    const database = one.database('d')!
    other.dropDatabase(other.database('d')!, false)
    await raised(t, () => one.create({ ...viewOf('v'), database: 'd', databaseId: database.id }), 'SCHEMA_NOT_FOUND')
    one.createDatabase({ name: 'd', properties: {} })
    t.deepEqual(one.relations(one.database('d')!), [])
    one.create({ ...viewOf('v'), database: 'd', databaseId: one.database('d')!.id })
    t.throws(() => other.dropDatabase(other.database('d')!, false), { message: /SCHEMA_NOT_EMPTY/ })
    other.dropDatabase(other.database('d')!, true)
    t.is(one.database('d'), undefined)
  }))

test('of two processes one makes a function, and who read it before another one changed it is refused', (t) =>
  withWarehouse(async (folder) => {
    const [one, other] = [new Warehouse(folder), new Warehouse(folder)]
    const databaseOf = (warehouse: Warehouse) => warehouse.database('default')!
    const place = { database: 'default', databaseId: 'default' }
    t.true(one.createFunction(functionOf(place, '1')))
    t.false(other.createFunction(functionOf(place, '2')))
    const [seen, changed] = [one, other].map((warehouse) => warehouse.function(databaseOf(warehouse), 'f')!)
    other.replaceFunction(changed!, functionOf(place, '3'))
    t.throws(() => one.replaceFunction(seen!, functionOf(place, '4')), { message: /CONCURRENT_CATALOG_CHANGE/ })
    t.throws(() => one.dropFunction(seen!), { message: /CONCURRENT_CATALOG_CHANGE/ })
    t.deepEqual(
      one.functions(databaseOf(one)).map(({ body }) => body),
      ['3'],
    )
    one.dropFunction(one.function(databaseOf(one), 'f')!)
    t.is(other.function(databaseOf(other), 'f'), undefined)
  }))

test('a schema that is dropped while a function is made in it is not there, or not empty', (t) =>
  withWarehouse(async (folder) => {
    const [one, other] = [new Warehouse(folder), new Warehouse(folder)]
    one.createDatabase({ name: 'd', properties: {} })
    const place = () => ({ database: 'd', databaseId: one.database('d')!.id })
    const gone = place()
    other.dropDatabase(other.database('d')!, false)
    t.throws(() => one.createFunction(functionOf(gone, '1')), { message: /SCHEMA_NOT_FOUND/ })
    one.createDatabase({ name: 'd', properties: {} })
    t.deepEqual(one.functions(one.database('d')!), [])
    one.createFunction(functionOf(place(), '1'))
    t.throws(() => other.dropDatabase(other.database('d')!, false), { message: /SCHEMA_NOT_EMPTY/ })
    other.dropDatabase(other.database('d')!, true)
    t.is(one.database('d'), undefined)
  }))

test('a move that was killed half way is taken back when it is old, and not before', (t) =>
  withWarehouse(async (folder) => {
    const warehouse = new Warehouse(folder)
    const database = warehouse.database('default')!
    warehouse.create(viewOf('t'))
    const entries = join(folder, '_millrace_catalog', 'relations', 'default')
    const half = { format: 1, entry: viewOf('u'), from: { name: 't', version: 1 } }
    writeFileSync(join(entries, 'u.1'), JSON.stringify(half))
    t.is(warehouse.relation(database, 'u'), undefined)
    t.deepEqual(
      warehouse.relations(database).map(({ name }) => name),
      ['t'],
    )
    t.throws(() => warehouse.create(viewOf('u')), { message: /CONCURRENT_CATALOG_CHANGE/ })
    const longAgo = new Date(Date.now() - 3_600_000)
    utimesSync(join(entries, 'u.1'), longAgo, longAgo)
    t.true(warehouse.create({ ...viewOf('u'), comment: 'mine' }))
    t.is(warehouse.relation(database, 'u')?.comment, 'mine')
  }))

test('names of any letters are files of their own, and what is no entry is no table', (t) =>
  withWarehouse(async (folder) => {
    const warehouse = new Warehouse(folder)
    const database = warehouse.database('default')!
    const names = ['a.1', 'a', 'a/b', 'ä ö', '..', '%41', "it's"]
    for (const name of names) t.true(warehouse.create(viewOf(name)))
    t.deepEqual(
      warehouse
        .relations(database)
        .map(({ name }) => name)
        .toSorted(),
      names.toSorted(),
    )
    const entries = join(folder, '_millrace_catalog', 'relations', 'default')
    t.is(readdirSync(entries).length, names.length)
    writeFileSync(join(entries, 'notes.txt'), 'mine')
    mkdirSync(join(entries, 'folder'))
    t.is(warehouse.relations(database).length, names.length)
    writeFileSync(join(entries, 'broken.1'), '{"format": 7}')
    t.throws(() => warehouse.relation(database, 'broken'), { message: /FAILED_READ_FILE.*broken/ })
  }))

test('names given away long ago are forgotten, so that a folder does not grow for ever', (t) =>
  withWarehouse(async (folder) => {
    const warehouse = new Warehouse(folder)
    const database = warehouse.database('default')!
    const entries = join(folder, '_millrace_catalog', 'relations', 'default')
    for (let i = 0; i < 70; i++) {
      warehouse.create(viewOf(`t${i}`))
      if (i > 0) warehouse.drop(warehouse.relation(database, `t${i}`)!)
    }
    t.is(readdirSync(entries).length, 1 + 2 * 69)
    const longAgo = new Date(Date.now() - 48 * 3_600_000)
    for (const file of readdirSync(entries)) utimesSync(join(entries, file), longAgo, longAgo)
    warehouse.create(viewOf('next'))
    t.deepEqual(readdirSync(entries).toSorted(), ['next.1', 't0.1'])
  }))

test('files of a table that is someone else stay, and those of a table go with it', (t) =>
  withWarehouse(async (folder) => {
    const warehouse = new Warehouse(folder)
    const table = (name: string, location?: string): TableEntry => ({
      ...viewOf(name),
      kind: 'table',
      provider: 'parquet',
      columns: [{ name: 'a', type: INT, nullable: true }],
      options: {},
      location: location ?? '',
      isExternal: location !== undefined,
    })
    const own = warehouse.withFolder(table('own'))
    const other = warehouse.withFolder(table('other', join(folder, 'elsewhere')))
    warehouse.create(own)
    warehouse.create(other)
    t.not(warehouse.withFolder(table('own')).location, own.location)
    for (const { location } of [own, other]) writeFileSync(join(location, 'data'), 'x')
    const database = warehouse.database('default')!
    for (const name of ['own', 'other']) warehouse.drop(warehouse.relation(database, name)!)
    t.throws(() => readdirSync(own.location), { code: 'ENOENT' })
    t.deepEqual(readdirSync(other.location), ['data'])
  }))
