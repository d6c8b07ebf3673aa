import { user } from '../condition.js'

/** Conditions raised by a value at run time (ANSI mode). */
export const EXPRESSION_CONDITIONS = {
  ARITHMETIC_OVERFLOW: user('22003', '{message}. Use try_{operation} to return NULL instead.'),
  DIVIDE_BY_ZERO: user(
    '22012',
    'Division by zero. Use try_divide to tolerate divisor being 0 and return NULL instead.',
  ),
  DATETIME_OVERFLOW: user('22008', 'Datetime operation overflow: {operation}.'),
  NUMERIC_VALUE_OUT_OF_RANGE: user('22003', 'The value cannot be represented as {type}.'),
  CAST_INVALID_INPUT: user(
    '22018',
    'The value {expression} of the type {sourceType} cannot be cast to {targetType} because it is malformed. Use try_cast to return NULL instead.',
  ),
  CAST_OVERFLOW: user(
    '22003',
    'The value of the type {sourceType} cannot be cast to {targetType} due to an overflow. Use try_cast to return NULL instead.',
  ),
  'INVALID_FORMAT.ESC_IN_THE_MIDDLE': user(
    '42601',
    'The format is invalid: {format}. The escape character is not allowed to precede {char}.',
  ),
  'INVALID_FORMAT.ESC_AT_THE_END': user(
    '42601',
    'The format is invalid: {format}. The escape character is not allowed to end it.',
  ),
} as const
