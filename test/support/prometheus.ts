/** Reads Prometheus' text format as strictly as its page says. */
export interface ReadFamily {
  readonly type: string
  readonly help: string
  /** By the labels as they are written, without braces; empty without labels. */
  readonly samples: ReadonlyMap<string, number>
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`
const SAMPLE = new RegExp(String.raw`^(${NAME})(?:\{(${LABEL}(?:,${LABEL})*)\})? (\S+)$`)
const HELP = new RegExp(String.raw`^# HELP (${NAME}) ((?:[^\\\n]|\\[\\n])*)$`)
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`)
const NUMBER = /^(?:NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/

/** @throws when a line is no line of the format, or stands where it may not */
export function readExposition(text: string): ReadonlyMap<string, ReadFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, { type: string; help: string; samples: Map<string, number> }>()
  let name = ''
  let help = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const [, helped, meaning] = HELP.exec(line) ?? []
    const [, typed, type] = TYPE.exec(line) ?? []
    const [, sampled, labels = '', number] = SAMPLE.exec(line) ?? []
    if (helped !== undefined) [name, help] = [helped, meaning!]
    else if (typed !== undefined) {
      if (typed !== name || families.has(name)) throw new Error(`not the place of a type: ${line}`)
      families.set(name, { type: type!, help, samples: new Map() })
    } else {
      const family = families.get(name)
      if (sampled !== name || family === undefined || family.samples.has(labels))
        throw new Error(`not the place of a sample: ${line}`)
      if (!NUMBER.test(number!)) throw new Error(`no number: ${line}`)
      family.samples.set(labels, Number(number!.replace('Inf', 'Infinity')))
    }
  }
  return families
}

/** A sample whose labels hold all of these; of a family that has one such. */
export function sampleOf(
  families: ReadonlyMap<string, ReadFamily>,
  name: string,
  ...labels: readonly string[]
): number {
  const found = [...(families.get(name)?.samples ?? [])].filter(([text]) =>
    labels.every((label) => text.includes(label)),
  )
  if (found.length !== 1) throw new Error(`${found.length} samples of ${name} with ${labels.join(', ')}`)
  return found[0]![1]
}
