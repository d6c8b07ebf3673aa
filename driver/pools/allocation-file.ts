import { MillraceError } from '../../common/errors/millrace-error.js'
import { parsedXml } from '../../common/xml/document.js'
import type { XmlNode } from '../../common/xml/packages.js'
import { childrenOf, isElement } from '../../common/xml/parts.js'
import { type PoolOptions, SCHEDULING_MODES } from './pool-options.js'

/** What a file says of a pool, by the names of Spark. */
type Said = ReadonlyMap<string, string>

const [MODE, WEIGHT, MIN_SHARE] = ['schedulingMode', 'weight', 'minShare'] as const
const MOST_POOLS = 1_000
const MOST_WEIGHT = 1_000_000

/**
 * The pools that a text declares: an XML as Spark's `fairscheduler.xml`, or a JSON of an object with a member for each pool, which is an object with the same names.
 * @param fault what is raised for a text that does not do that
 */
export function readPools(text: string, fault: (reason: string) => MillraceError): ReadonlyMap<string, PoolOptions> {
  const said = text.trimStart().startsWith('<') ? saidByXml(text, fault) : saidByJson(text, fault)
  const pools = new Map<string, PoolOptions>()
  for (const [name, of] of said) {
    if (pools.has(name)) throw fault(`it declares the pool ${name} twice`)
    if (pools.size === MOST_POOLS) throw fault(`it declares more than ${MOST_POOLS} pools`)
    pools.set(name, optionsOf(name, of, fault))
  }
  return pools
}

function optionsOf(name: string, said: Said, fault: (reason: string) => MillraceError): PoolOptions {
  if (name === '') throw fault('it declares a pool without a name')
  for (const key of said.keys())
    if (key !== MODE && key !== WEIGHT && key !== MIN_SHARE)
      throw fault(`of the pool ${name} it says ${key}, which is none of ${MODE}, ${WEIGHT} and ${MIN_SHARE}`)
  const mode = (said.get(MODE) ?? 'FIFO').trim().toUpperCase()
  const schedulingMode = SCHEDULING_MODES.find((known) => known === mode)
  if (!schedulingMode) throw fault(`the ${MODE} of the pool ${name} is ${mode}, and must be FIFO or FAIR`)
  const count = (key: string, least: number, otherwise: number): number => {
    const value = said.get(key)?.trim() ?? String(otherwise)
    if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= MOST_WEIGHT) return Number(value)
    throw fault(
      `the ${key} of the pool ${name} is ${value}, and must be a whole number from ${least} to ${MOST_WEIGHT}`,
    )
  }
  return { schedulingMode, weight: count(WEIGHT, 1, 1), minShare: count(MIN_SHARE, 0, 0) }
}

function* saidByJson(text: string, fault: (reason: string) => MillraceError): Generator<readonly [string, Said]> {
  let pools: unknown
  try {
    pools = JSON.parse(text)
  } catch (error) {
    throw fault(`it is neither XML nor JSON: ${(error as Error).message}`)
  }
  for (const [name, said] of membersOf(pools, fault)) {
    const members = membersOf(said, fault).map(([key, value]) => [key, String(value)] as const)
    yield [name, new Map(members)]
  }
}

function membersOf(value: unknown, fault: (reason: string) => MillraceError): readonly (readonly [string, unknown])[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value)
  throw fault('it must be an object with a member for each pool, which is an object')
}

function* saidByXml(text: string, fault: (reason: string) => MillraceError): Generator<readonly [string, Said]> {
  for (const pool of elementsOf(rootOf(text, fault))) {
    if (pool.nodeName !== 'pool') throw fault(`it has <${pool.nodeName}> where <pool> is meant`)
    const name = Array.from(pool.attributes).find((attribute) => attribute.name === 'name')?.value ?? ''
    yield [name, new Map([...elementsOf(pool)].map((said) => [said.nodeName, textOf(said)]))]
  }
}

function rootOf(text: string, fault: (reason: string) => MillraceError): XmlNode {
  try {
    const root = parsedXml(text).documentElement
    if (root) return root
  } catch (error) {
    throw fault(`it is no XML: ${MillraceError.is(error) ? error.text : (error as Error).message.split('\n')[0]}`)
  }
  throw fault('it is no XML: it has no element')
}

const elementsOf = (node: XmlNode): readonly XmlNode[] => [...childrenOf(node)].filter(isElement)

const textOf = (node: XmlNode): string => [...childrenOf(node)].map(({ nodeValue }) => nodeValue ?? '').join('')
