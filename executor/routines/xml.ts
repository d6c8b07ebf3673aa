import { MillraceError } from '../../common/errors/millrace-error.js'
import { parsedXml } from '../../common/xml/document.js'
import type { XmlNode } from '../../common/xml/packages.js'
import type { XmlReading } from '../../planner/plan/expression/xml-shape.js'
import type { HostRoutine } from './routine.js'
import { objectText, XmlRecord } from './xml-record.js'
import { constantOnce } from './xml-specs.js'

export { write } from './xml-writing.js'

/* XML as JSON of a schema, which from_json then reads. */

const readingOf = constantOnce<XmlReading>()

/** @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION */
export const json: HostRoutine = ([text, formats, spec], _, kernels) => {
  const reading = readingOf(spec as string)
  const root = rootOf(text as string)
  const record = root && new XmlRecord(root, reading, formats as Uint8Array, kernels)
  const found: Map<string, string | string[]> = record?.found ?? new Map()
  if (!record?.read(root!)) {
    if (reading.failsFast) {
      const parameters = { badRecord: text as string, failFastMode: 'FAILFAST' }
      throw new MillraceError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', parameters)
    }
    if (reading.corruptField !== undefined) found.set(reading.corruptField, JSON.stringify(text))
  }
  return objectText(found)
}

/** The element that a text is; undefined where it is no XML. */
function rootOf(text: string): XmlNode | undefined {
  try {
    return parsedXml(text).documentElement ?? undefined
  } catch {
    return undefined
  }
}
