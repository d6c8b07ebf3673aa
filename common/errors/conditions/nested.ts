import { user } from '../condition.js'

/** Conditions of arrays, maps and lambdas: of how they are used, and of their values. */
export const NESTED_CONDITIONS = {
  'DATATYPE_MISMATCH.NULL_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: Null typed values cannot be used as arguments of {functionName}.',
  ),
  'DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE': user(
    '42K09',
    "Cannot resolve {sqlExpr} due to data type mismatch: The input of {functionName} can't be {dataType} type data.",
  ),
  'DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: Names of fields are constants of type STRING, but they are {inputExprs}.',
  ),
  'DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES': user(
    '42K09',
    "Cannot resolve {sqlExpr} due to data type mismatch: Input to {functionName} should have been {dataType} followed by a value with same element type, but it's [{leftType}, {rightType}].",
  ),
  'DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES': user(
    '42K09',
    "Cannot resolve {sqlExpr} due to data type mismatch: Input to {functionName} should have been {dataType} followed by a value with same key type, but it's [{leftType}, {rightType}].",
  ),
  'DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: The key of map cannot be/contain {keyType}.',
  ),
  'INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH': user(
    '42K0D',
    'Invalid lambda function call. A higher order function expects {expectedNumArgs} arguments, but got {actualNumArgs}.',
  ),
  'INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES': user(
    '42K0D',
    'Invalid lambda function call. The lambda function has duplicate arguments {args}. Please, consider to rename the argument names or set {caseSensitiveConfig} to "true".',
  ),
  'INVALID_LAMBDA_FUNCTION_CALL.PARAMETER_DOES_NOT_ACCEPT_LAMBDA_FUNCTION': user(
    '42K0D',
    'Invalid lambda function call. You passed a lambda function to a parameter that does not accept it. Please check if lambda function argument is in the correct position.',
  ),
  'INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION': user(
    '42K0D',
    'Invalid lambda function call. A lambda function should only be used in a higher order function. However, its class is {class}, which is not a higher order function.',
  ),
  'DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES': user(
    '42K09',
    "Cannot resolve {sqlExpr} due to data type mismatch: Input to the {functionName} should have been two maps with compatible key types, but it's [{leftType}, {rightType}].",
  ),
  INVALID_BITMAP_POSITION: user(
    '22003',
    'A bitmap has no bit {bitPosition}: it has {bitmapNumBits} bits ({bitmapNumBytes} bytes), from 0 on.',
  ),
  VECTOR_DIMENSION_MISMATCH: user(
    '22000',
    'Vectors passed to {functionName} must have the same dimension, but got {leftDim} and {rightDim}.',
  ),
  INVALID_VECTOR_NORM_DEGREE: user(
    '22023',
    "For the {functionName} function, degree must be 1.0, 2.0, or float('inf'), but got {degree}.",
  ),
  INVALID_ARRAY_INDEX: user(
    '22003',
    'The index {indexValue} is out of bounds. The array has {arraySize} elements. Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead.',
  ),
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: user(
    '22003',
    'The index {indexValue} is out of bounds. The array has {arraySize} elements. Use `try_element_at` to tolerate accessing element at invalid index and return NULL instead.',
  ),
  INVALID_INDEX_OF_ZERO: user(
    '22003',
    'The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).',
  ),
  DUPLICATED_MAP_KEY: user(
    '23505',
    'Duplicate map key {key} was found, please check the input data. If you want to remove the duplicated keys, you can set {mapKeyDedupPolicy} to "LAST_WIN" so that the key inserted at last takes precedence.',
  ),
  _LEGACY_ERROR_TEMP_2128: user('22023', 'The key array and value array of MapData must have the same length.'),
  'DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES': user(
    '42K09',
    "Cannot resolve {sqlExpr} due to data type mismatch: Input to function {functionName} should have been two {arrayType} with same element type, but it's [{leftType}, {rightType}].",
  ),
  'DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: {functionName} uses the wrong parameter type. Start and stop must have the same type; where that is {startType}, the step must be {stepType}, and where it is {otherStartType}, the step must have the same type.',
  ),
  'DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES': user(
    '42K09',
    "Cannot resolve {sqlExpr} due to data type mismatch: The {functionName} should all be of type map, but it's {dataType}.",
  ),
  'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION': user(
    '54000',
    'An array of {numberOfElements} elements exceeds the limit of {maxRoundedArrayLength}: it is made by the function {functionName}.',
  ),
  'COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER': user(
    '54000',
    'An array of {numberOfElements} elements exceeds the limit of {maxRoundedArrayLength}: the value of parameter(s) {parameter} in the function {functionName} is invalid.',
  ),
  'INVALID_PARAMETER_VALUE.START': user(
    '22023',
    'The value of parameter(s) {parameter} in {functionName} is invalid: a positive or a negative value is expected for `start`, but it is 0.',
  ),
  'INVALID_PARAMETER_VALUE.LENGTH': user(
    '22023',
    'The value of parameter(s) {parameter} in {functionName} is invalid: a length must not be negative, but it is {length}.',
  ),
  ILLEGAL_SEQUENCE_BOUNDARIES: user('22023', 'The step of a sequence does not lead from its start to its stop.'),
  _LEGACY_ERROR_TEMP_3242: user(
    'XXKD0',
    'The step of a sequence of dates has at least a day or a month, unlike this {intervalType}.',
  ),
  COMPARATOR_RETURNS_NULL: user(
    '22004',
    'The comparator gives NULL for {firstValue} and {secondValue}; it has to give a number greater than, equal to or less than 0.',
  ),
  'DATATYPE_MISMATCH.UNEXPECTED_RETURN_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: {functionName} has to return {expectedType} and returns {actualType}.',
  ),
  'INVALID_PARAMETER_VALUE.LONG': user(
    '22023',
    'The parameter {parameter} of {functionName} has to be a constant of type BIGINT, not {invalidValue}.',
  ),
  'DATATYPE_MISMATCH.INVALID_XML_SCHEMA': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the schema of XML is a struct, not {schema}.',
  ),
  NULL_MAP_KEY: user('2200E', 'Cannot use null as map key.'),
  'DATATYPE_MISMATCH.CANNOT_DROP_ALL_FIELDS': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: cannot drop all fields of a struct.',
  ),
}
