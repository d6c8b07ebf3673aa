import { user } from '../condition.js'

/** Conditions of scripts in SQL. */
export const SCRIPTING_CONDITIONS = {
  INVALID_BOOLEAN_STATEMENT: user(
    '22546',
    'The condition of a statement must be true or false, but {invalidStatement} is not.',
  ),
  INVALID_SQLSTATE: user(
    '428B3',
    "'{sqlState}' is no SQLSTATE: it has five characters, A to Z or 0 to 9, and does not begin with 00, 01 or XX.",
  ),
  LABELS_MISMATCH: user('42K0L', 'The label {beginLabel} at the beginning is not the label {endLabel} at the end.'),
  END_LABEL_WITHOUT_BEGIN_LABEL: user('42K0L', 'The label {endLabel} stands at the end, but none at the beginning.'),
  LABEL_OR_FOR_VARIABLE_ALREADY_EXISTS: user(
    '42K0L',
    'A block or FOR around this one is called {label} already. Choose another name.',
  ),
  LABEL_OR_FOR_VARIABLE_NAME_FORBIDDEN: user('42K0L', 'Neither a label nor a variable of FOR can be called {label}.'),
  'INVALID_LABEL_USAGE.DOES_NOT_EXIST': user(
    '42K0L',
    '{statementType} names {labelName}, but no block around it has this label.',
  ),
  'INVALID_LABEL_USAGE.ITERATE_IN_COMPOUND': user(
    '42K0L',
    'ITERATE names {labelName}, which is the label of BEGIN … END and not of a loop.',
  ),
  'INVALID_VARIABLE_DECLARATION.NOT_ALLOWED_IN_SCOPE': user(
    '42K0M',
    'The variable {varName} cannot be declared here, only at the beginning of BEGIN … END.',
  ),
  'INVALID_VARIABLE_DECLARATION.ONLY_AT_BEGINNING': user(
    '42K0M',
    'The variable {varName} is declared behind statements; declarations stand at the beginning of BEGIN … END.',
  ),
  'INVALID_VARIABLE_DECLARATION.QUALIFIED_LOCAL_VARIABLE': user(
    '42K0M',
    'The variable {varName} of a script is declared without a qualifier.',
  ),
  'INVALID_VARIABLE_DECLARATION.REPLACE_LOCAL_VARIABLE': user(
    '42K0M',
    'The variable {varName} of a script cannot be replaced: DECLARE stands without OR REPLACE.',
  ),
  'INVALID_ERROR_CONDITION_DECLARATION.NOT_AT_START_OF_COMPOUND_STATEMENT': user(
    '42K0R',
    'The condition {conditionName} can only be declared at the beginning of BEGIN … END.',
  ),
  'INVALID_ERROR_CONDITION_DECLARATION.SPECIAL_CHARACTER_FOUND': user(
    '42K0R',
    'The name {conditionName} of a condition may have letters, digits and underscores only.',
  ),
  DUPLICATE_CONDITION_IN_SCOPE: user('42734', 'The condition {condition} is declared twice.'),
  'INVALID_HANDLER_DECLARATION.CONDITION_NOT_FOUND': user(
    '42K0Q',
    'A handler is for the condition {condition}, which there is not.',
  ),
  'INVALID_HANDLER_DECLARATION.DUPLICATE_CONDITION_IN_HANDLER_DECLARATION': user(
    '42K0Q',
    'A handler names the condition {condition} twice.',
  ),
  'INVALID_HANDLER_DECLARATION.DUPLICATE_SQLSTATE_IN_HANDLER_DECLARATION': user(
    '42K0Q',
    'A handler names the SQLSTATE {sqlState} twice.',
  ),
  'INVALID_HANDLER_DECLARATION.INVALID_CONDITION_COMBINATION': user(
    '42K0Q',
    'A handler for SQLEXCEPTION or NOT FOUND cannot be for a condition or an SQLSTATE, too.',
  ),
  'INVALID_HANDLER_DECLARATION.WRONG_PLACE_OF_DECLARATION': user(
    '42K0Q',
    'Handlers are declared behind variables and conditions, and before other statements, of BEGIN … END.',
  ),
  'DUPLICATE_EXCEPTION_HANDLER.CONDITION': user('42734', 'Two handlers are for the same condition {condition}.'),
  'DUPLICATE_EXCEPTION_HANDLER.SQLSTATE': user('42734', 'Two handlers are for the same SQLSTATE {sqlState}.'),
  SQL_SCRIPT_IN_EXECUTE_IMMEDIATE: user('07501', 'EXECUTE IMMEDIATE runs no script, so not: {sqlString}'),
  'UNSUPPORTED_FEATURE.CONTINUE_EXCEPTION_HANDLER': user(
    '0A000',
    'The feature is not supported: a CONTINUE handler. Use an EXIT handler.',
  ),
  'UNSUPPORTED_FEATURE.SQL_CURSOR': user(
    '0A000',
    'The feature is not supported: cursors (DECLARE … CURSOR, OPEN, FETCH, CLOSE). Use FOR.',
  ),
  'UNSUPPORTED_FEATURE.SQL_SCRIPTING_DROP_TEMPORARY_VARIABLE': user(
    '0A000',
    "The feature is not supported: DROP TEMPORARY VARIABLE within a script. Use EXECUTE IMMEDIATE 'DROP TEMPORARY VARIABLE …'.",
  ),
  'UNSUPPORTED_FEATURE.SQL_SCRIPTING_WITH_POSITIONAL_PARAMETERS': user(
    '0A000',
    'The feature is not supported: positional parameters of a script. Use named ones.',
  ),
  MERGE_WITHOUT_WHEN: user('42601', 'MERGE needs at least one WHEN.'),
  NO_MERGE_ACTION_SPECIFIED: user(
    '42K0E',
    'df.mergeInto needs to be followed by at least one of whenMatched/whenNotMatched/whenNotMatchedBySource.',
  ),
} as const
