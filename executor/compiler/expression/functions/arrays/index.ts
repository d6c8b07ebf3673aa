import type { Call } from '../../../../../planner/plan/expression/expression.js'
import type { NestedFunction } from '../../../../../planner/plan/expression/functions.js'
import type { Scope } from '../../scope.js'
import type { Value } from '../../value.js'
import { compileArrayContains, compileElement, compileMapPart, compileMapValue, compileSize } from './access.js'
import { compileComparedOrder } from './compared-order.js'
import { compileArray, compileMap, compileMapOf } from './construct.js'
import { compileAggregateElements, compileFilter, compileQuantifier, compileTransform } from './higher-order.js'
import { compileMapFilter, compileTransformKeys, compileTransformValues } from './map-lambdas.js'
import { compileOrderKey } from './order-key.js'
import { compileZip, compileZipWith } from './zip.js'

/** How functions of arrays and maps are compiled. */
export const NESTED_COMPILERS: Readonly<Record<NestedFunction, (call: Call, scope: Scope) => Value>> = {
  array: compileArray,
  map: compileMap,
  size: compileSize,
  get: compileElement,
  item: compileElement,
  element_at: compileElement,
  try_element_at: compileElement,
  map_value: compileMapValue,
  map_keys: compileMapPart,
  map_values: compileMapPart,
  map_of: compileMapOf,
  array_contains: compileArrayContains,
  order_key: compileOrderKey,
  transform: compileTransform,
  filter: compileFilter,
  exists: compileQuantifier,
  forall: compileQuantifier,
  aggregate: compileAggregateElements,
  map_filter: compileMapFilter,
  transform_keys: compileTransformKeys,
  transform_values: compileTransformValues,
  compared_order: compileComparedOrder,
  zip: compileZip,
  zip_with: compileZipWith,
}
