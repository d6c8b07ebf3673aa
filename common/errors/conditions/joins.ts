import { user } from '../condition.js'

/** Conditions of joins: their types, conditions and columns. */
export const JOIN_CONDITIONS = {
  JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE: user(
    '42K0E',
    'The join condition {joinCondition} has the invalid type {conditionType}, expected "BOOLEAN".',
  ),
  UNSUPPORTED_JOIN_TYPE: user('0A000', "Unsupported join type '{typ}'. Supported join types include: {supported}."),
  UNRESOLVED_USING_COLUMN_FOR_JOIN: user(
    '42703',
    'USING column {colName} cannot be resolved on the {side} side of the join. The {side}-side columns: [{suggestion}].',
  ),
  INCOMPATIBLE_JOIN_TYPES: user('42613', 'The join types {joinType1} and {joinType2} are incompatible.'),
  'NEAREST_BY_JOIN.UNSUPPORTED_MODE': user(
    '42604',
    'There is no join of nearest rows with the mode {mode}; there are {supported}.',
  ),
  'NEAREST_BY_JOIN.UNSUPPORTED_DIRECTION': user(
    '42604',
    'Nearest rows cannot be ranked by {direction}; there are {supported}.',
  ),
  'NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE': user(
    '42604',
    'Invalid nearest-by join: the join type {joinType} is not supported. Supported types: {supported}.',
  ),
  'NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE': user(
    '42604',
    'Invalid nearest-by join: the number of results {numResults} must be between {min} and {max}.',
  ),
  'NEAREST_BY_JOIN.NON_ORDERABLE_RANKING_EXPRESSION': user(
    '42604',
    'Invalid nearest-by join: the ranking expression {expression} of type {type} has no order.',
  ),
  INVALID_LATERAL_JOIN_TYPE: user('42613', 'The {joinType} JOIN with LATERAL correlation is not allowed.'),
  'UNSUPPORTED_FEATURE.LATERAL_JOIN_USING': user(
    '0A000',
    'The feature is not supported: JOIN USING with LATERAL correlation.',
  ),
  'UNSUPPORTED_FEATURE.LATERAL_JOIN_NEAREST_BY': user(
    '0A000',
    'The feature is not supported: LATERAL correlation with NEAREST BY clause.',
  ),
  CANNOT_RESOLVE_DATAFRAME_COLUMN: user(
    '42704',
    'Cannot resolve the column {name} of a DataFrame here: the rows are not made from it, or no longer have the column.',
  ),
} as const
