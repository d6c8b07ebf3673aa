import { user } from '../condition.js'

/** Conditions of encryption. */
export const CIPHER_CONDITIONS = {
  'INVALID_PARAMETER_VALUE.AES_KEY_LENGTH': user(
    '22023',
    'The value of {parameter} in {functionName} is invalid: a key has 16, 24 or 32 bytes, and this one {actualLength}.',
  ),
  'INVALID_PARAMETER_VALUE.AES_IV_LENGTH': user(
    '22023',
    'The value of {parameter} in {functionName} is invalid: CBC starts from 16 bytes and GCM from 12, and {mode} got {actualLength}.',
  ),
  'INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR': user(
    '22023',
    'The value of {parameter} in {functionName} is invalid: {detailMessage}',
  ),
  'UNSUPPORTED_FEATURE.AES_MODE': user(
    '0A000',
    'There is no AES mode {mode} with the padding {padding} in {functionName}.',
  ),
  'UNSUPPORTED_FEATURE.AES_MODE_IV': user('0A000', '{functionName} with the AES mode {mode} takes no IV.'),
  'UNSUPPORTED_FEATURE.AES_MODE_AAD': user('0A000', '{functionName} with the AES mode {mode} takes no AAD.'),
} as const
