import { MillraceError } from '../../common/errors/millrace-error.js'

/** Such a sink was named as a format. */
export const withoutProgram = (name: string): MillraceError =>
  new MillraceError('INVALID_API_USE', {
    reason: `the sink ${name} has no function; a stream is given one by ${name}()`,
  })
