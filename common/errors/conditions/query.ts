import { user } from '../condition.js'

/** Conditions of parsing and analysis. */
export const QUERY_CONDITIONS = {
  PARSE_SYNTAX_ERROR: user('42601', 'Syntax error at or near {error}{hint}.'),
  TABLE_OR_VIEW_NOT_FOUND: user(
    '42P01',
    'The table or view {relationName} cannot be found. Check the spelling, or create the view first.',
  ),
  UNRESOLVED_COLUMN: user('42703', 'A column with name {objectName} cannot be resolved.{suggestion}'),
  AMBIGUOUS_REFERENCE: user('42704', 'Reference {name} is ambiguous, could be: {referenceNames}.'),
  UNRESOLVED_ROUTINE: user('42883', 'Cannot resolve routine {routineName}.{suggestion}'),
  WRONG_NUM_ARGS: user(
    '42605',
    'The {functionName} requires {expectedNum} parameters but the actual number is {actualNum}.',
  ),
  DATATYPE_MISMATCH: user('42K09', 'Cannot resolve {sqlExpr} due to data type mismatch: {reason}.'),
  MISSING_AGGREGATION: user(
    '42803',
    'The non-aggregating expression {expression} is based on columns which are not participating in the GROUP BY clause.',
  ),
  INVALID_TYPED_LITERAL: user('42604', 'The value of the typed literal {valueType} is invalid: {value}.'),
  UNSUPPORTED_DATATYPE: user('0A000', 'Unsupported data type {typeName}.'),
  INVALID_SQL_SYNTAX: user('42000', 'Invalid SQL syntax: {reason}.'),
  UNSUPPORTED_FEATURE: user('0A000', 'The feature is not supported: {feature}.'),
} as const
