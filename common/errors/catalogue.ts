import type { ConditionDefinition } from './condition.js'
import { CATALOG_CONDITIONS } from './conditions/catalog.js'
import { CIPHER_CONDITIONS } from './conditions/ciphers.js'
import { CONNECTOR_CONDITIONS } from './conditions/connectors.js'
import { ENGINE_CONDITIONS } from './conditions/engine.js'
import { EXPRESSION_CONDITIONS } from './conditions/expressions.js'
import { GROUPING_CONDITIONS } from './conditions/grouping.js'
import { JOIN_CONDITIONS } from './conditions/joins.js'
import { NESTED_CONDITIONS } from './conditions/nested.js'
import { PARSING_CONDITIONS } from './conditions/parsing.js'
import { PARTITION_CONDITIONS } from './conditions/partitions.js'
import { PROTOBUF_CONDITIONS } from './conditions/protobuf.js'
import { QUERY_CONDITIONS } from './conditions/query.js'
import { ROUTINE_CONDITIONS } from './conditions/routines.js'
import { SCRIPTING_CONDITIONS } from './conditions/scripting.js'
import { STREAMING_CONDITIONS } from './conditions/streaming.js'
import { TEXT_CONDITIONS } from './conditions/texts.js'
import { USER_CODE_CONDITIONS } from './conditions/user-code.js'
import { WINDOW_CONDITIONS } from './conditions/windows.js'

/** Every condition the engine can raise, named as in Spark where Spark has it. */
export const CONDITIONS = {
  ...PARSING_CONDITIONS,
  ...SCRIPTING_CONDITIONS,
  ...QUERY_CONDITIONS,
  ...GROUPING_CONDITIONS,
  ...JOIN_CONDITIONS,
  ...CATALOG_CONDITIONS,
  ...PARTITION_CONDITIONS,
  ...WINDOW_CONDITIONS,
  ...ROUTINE_CONDITIONS,
  ...USER_CODE_CONDITIONS,
  ...EXPRESSION_CONDITIONS,
  ...NESTED_CONDITIONS,
  ...TEXT_CONDITIONS,
  ...CIPHER_CONDITIONS,
  ...PROTOBUF_CONDITIONS,
  ...CONNECTOR_CONDITIONS,
  ...STREAMING_CONDITIONS,
  ...ENGINE_CONDITIONS,
} as const satisfies Record<string, ConditionDefinition>

export type ConditionName = keyof typeof CONDITIONS
