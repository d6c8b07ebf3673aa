import { user } from '../condition.js'

/** Conditions of messages of protocol buffers, and of what describes them. */
export const PROTOBUF_CONDITIONS = {
  CANNOT_PARSE_PROTOBUF_DESCRIPTOR: user('22018', 'These bytes are no set of descriptors of protocol buffers.'),
  PROTOBUF_DEPENDENCY_NOT_FOUND: user('42K0G', 'The set of descriptors lacks the file {dependencyName}.'),
  PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND: user(
    '42K0G',
    'The file of descriptors {filePath} cannot be read, or is no file of at most 64 MB.',
  ),
  PROTOBUF_MESSAGE_NOT_FOUND: user('42K0G', 'The descriptors have no message {messageName}.'),
  RECURSIVE_PROTOBUF_SCHEMA: user(
    '42K0G',
    'A message lies in one of its own kind, by the field {fieldDescriptor}. The option `recursive.fields.max.depth` tells how often it may, 1 to 10.',
  ),
  MALFORMED_PROTOBUF_MESSAGE: user(
    'XX000',
    "Bytes are no message of that kind. Parse Mode: {failFastMode}. With the option 'mode' as 'PERMISSIVE' they are a row of NULLs.",
  ),
  NO_SQL_TYPE_IN_PROTOBUF_SCHEMA: user('42S22', 'The message has no {catalystFieldPath}.'),
  PROTOBUF_FIELD_MISSING_IN_SQL_SCHEMA: user('42K0G', 'The message has the {field}, and the value does not.'),
  CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE: user(
    '42846',
    'The values of {sqlColumn} are of type {sqlType}, as which {protobufColumn} cannot be written, which is {protobufType}.',
  ),
  CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE: user(
    '42846',
    'The value {data} of {sqlColumn} cannot be written to {protobufColumn}: it is not among {enumString}.',
  ),
  CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_FIELD: user(
    '42846',
    'The value {data} of {sqlColumn} cannot be written to {protobufColumn}: a {protobufType} is never that.',
  ),
}
