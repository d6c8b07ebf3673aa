import { inspect } from 'node:util'

/**
 * Names of options whose values nobody is to read: those of `spark.redaction.regex` and `spark.sql.redaction.options.regex`, and what Kafka
 * and the stores of keys call theirs.
 */
const SECRET =
  /secret|passw|passphrase|token|credential|access[._-]?key|private[._-]?key|keystore\.key|truststore\.key|jaas|url$|connection[._-]?string/i

/** What stands in the place of a secret, as in Spark. */
export const REDACTED = '*********(redacted)'

export const isSecretOption = (name: string): boolean => SECRET.test(name)

/** The value of an option as a message may show it. */
export const shownValue = (name: string, value: string): string => (isSecretOption(name) ? REDACTED : value)

/**
 * Options of a connector by name, as its type `Options` has them, which do not show secrets when they are printed: `console.log` and
 * `JSON.stringify` of whatever holds them give `REDACTED` in their place.
 */
export function hidingSecrets(options: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return hidesSecrets(options)
    ? options
    : (new SecretiveOptions(options) as unknown as Readonly<Record<string, string>>)
}

/** Whether it is what `hidingSecrets` gives, to be made again from its values where it is copied. */
export const hidesSecrets = (value: unknown): value is Readonly<Record<string, string>> =>
  value instanceof SecretiveOptions

class SecretiveOptions {
  constructor(options: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(options)) {
      Object.defineProperty(this, name, { value, enumerable: true })
    }
    Object.freeze(this)
  }

  toJSON(): Readonly<Record<string, string>> {
    const entries: readonly [string, string][] = Object.entries(this)
    return Object.fromEntries(entries.map(([name, value]) => [name, shownValue(name, value)]))
  }

  [inspect.custom](depth: number, options: object): string {
    return depth < 0 ? '[Options]' : inspect(this.toJSON(), { ...options, depth })
  }
}
