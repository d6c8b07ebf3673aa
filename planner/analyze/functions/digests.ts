import { BINARY, STRING } from '../../../columnar/types.js'
import { type FunctionTable, helped, host } from './definition.js'

export const DIGESTS: FunctionTable = {
  md5: helped(
    '(bytes)',
    'The MD5 digest of bytes or of a text, in hexadecimal digits.',
    [["md5('Spark')", '8cde774d6f7333752ed72cacddb05126']],
    host('digests.md5', STRING, [BINARY]),
  ),
}
