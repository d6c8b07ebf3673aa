import { SPARK_GENERATORS } from '../functions/spark-names.js'
import type { Generator } from './definition.js'
import { EXPLODE } from './explode.js'
import { jsonTuple } from './json-tuple.js'
import { stack } from './stack.js'

export const GENERATORS: Readonly<Record<string, Generator>> = { ...EXPLODE, json_tuple: jsonTuple, stack }

export const generatorNames = (): readonly string[] => Object.keys(GENERATORS)

/** Undefined for what is no generator, or one that is not built. */
export const generatorCalled = (name: string): Generator | undefined =>
  Object.hasOwn(GENERATORS, name) ? GENERATORS[name] : undefined

/** Whether Spark has a generator of this name. */
export const isGenerator = (name: string): boolean => Object.hasOwn(GENERATORS, name) || SPARK_GENERATORS.has(name)
