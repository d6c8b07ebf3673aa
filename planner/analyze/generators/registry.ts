import { SPARK_GENERATORS } from '../functions/spark-names.js'
import type { Generator } from './definition.js'
import { EXPLODE } from './explode.js'
import { jsonTuple } from './json-tuple.js'
import { stack } from './stack.js'
import { VARIANT_EXPLODE } from './variant-explode.js'

export const GENERATORS: Readonly<Record<string, Generator>> = { ...EXPLODE, json_tuple: jsonTuple, stack }

export const generatorNames = (): readonly string[] => Object.keys(GENERATORS)

/** Those that stand in FROM alone. */
export const TABLE_GENERATORS: Readonly<Record<string, Generator>> = VARIANT_EXPLODE

export const tableGeneratorNames = (): readonly string[] => Object.keys(TABLE_GENERATORS)

/** What may be called in FROM. */
export const tableGeneratorCalled = (name: string): Generator | undefined =>
  Object.hasOwn(TABLE_GENERATORS, name) ? TABLE_GENERATORS[name] : generatorCalled(name)

/** Undefined for what is no generator, or one that is not built. */
export const generatorCalled = (name: string): Generator | undefined =>
  Object.hasOwn(GENERATORS, name) ? GENERATORS[name] : undefined

/** Whether Spark has a generator of this name. */
export const isGenerator = (name: string): boolean => Object.hasOwn(GENERATORS, name) || SPARK_GENERATORS.has(name)
