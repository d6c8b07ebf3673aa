import { CONDITIONS } from '../../../common/errors/catalogue.js'
import type { ConditionDefinition, ErrorDomain } from '../../../common/errors/condition.js'
import { CONDITION_HELP, type ConditionHelp } from './condition-help.js'

const HEAD = `# Errors

Every error is a \`MillraceError\`: \`condition\` is its name below, \`sqlState\` its code, \`parameters\` what stands for the \`{names}\` in its message, \`origin\` its place in the SQL
([more](programs.md#errors-and-log-lines)). Names, codes and parameters are Spark's where Spark has the condition; \`_LEGACY_ERROR_TEMP_…\` are names that Spark gave for the time being.
Of a class such as \`DATATYPE_MISMATCH\`, the word behind the point tells more. This page is generated: \`UPDATE_GOLDEN=1 npm test\` renews it.

\`\`\`ts
try {
  await session.sql('select 1 / 0').collect()
} catch (error) {
  if (error instanceof MillraceError && error.condition === 'DIVIDE_BY_ZERO') console.log(error.sqlState) // 22012
  else throw error
}
\`\`\`
`

/** What is said of who has to act; most conditions are for the user to mend, which needs no word. */
const DOMAIN: Readonly<Record<ErrorDomain, string>> = {
  user: '',
  external: ' Arises outside of the engine.',
  internal: ' A bug of ours.',
}

const classOf = (name: string): string => name.split('.')[0]!

const helpOf = (name: string): ConditionHelp | undefined => (CONDITION_HELP as Record<string, ConditionHelp>)[name]

/** Letters that Markdown would take for its own. */
const escaped = (text: string): string => text.replace(/[\\`*_<>|[\]]/g, '\\$&')

const told = ({ cause, cure }: ConditionHelp): readonly string[] => [`**Cause.** ${cause}`, '', `**Cure.** ${cure}`, '']

/** Its message and its code; of a member of a class also what is said of it alone. */
function condition(name: string, { sqlState, message, domain }: ConditionDefinition): readonly string[] {
  const code = sqlState === undefined ? 'No SQLSTATE.' : `SQLSTATE ${sqlState}.`
  const help = name === classOf(name) ? undefined : helpOf(name)
  return [`> ${escaped(message)}`, '', `${code}${DOMAIN[domain]}`, '', ...(help ? told(help) : [])]
}

/** A class of conditions: one heading, and one for each of its members, in the order in which they are declared. */
function ofClass(name: string): readonly string[] {
  const members = Object.entries(CONDITIONS).filter(([each]) => classOf(each) === name)
  const own = members.find(([each]) => each === name)
  const others = members.filter((each) => each !== own)
  const help = helpOf(name)
  return [
    `## ${name}`,
    '',
    ...(own ? condition(...own) : []),
    ...(help ? told(help) : []),
    ...others.flatMap(([each, definition]) => [`### ${each}`, '', ...condition(each, definition)]),
  ]
}

/** The text of `docs/errors.md`. */
export function errorsPage(): string {
  const classes = new Set(Object.keys(CONDITIONS).map(classOf))
  return `${[HEAD, ...[...classes].toSorted().flatMap(ofClass)].join('\n').trimEnd()}\n`
}
