import { operatorOf } from '../physical/operators/index.js'
import { physicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalPlan } from '../plan/physical/plan.js'
import { drawTree, type TreeNode } from './tree.js'

interface Numbered {
  readonly number: number
  readonly name: string
  readonly details: string
  readonly plan: PhysicalPlan
  readonly children: readonly Numbered[]
}

/** A physical plan as a tree of names, and below it what each operator takes, does and gives, in the order in which they run. */
export function explainFormatted(root: PhysicalPlan): string {
  const all: Numbered[] = []
  const tree = numbered(root, all)
  return `${drawTree(nodeOf(tree))}\n\n\n${all.map(section).join('\n\n')}`
}

function numbered(plan: PhysicalPlan, all: Numbered[]): Numbered {
  const children = physicalInputs(plan).map((input) => numbered(input, all))
  const line = operatorOf(plan).line(plan)
  // A name is words in capitals, and of a scan the format behind it.
  const name = /^(?:Scan \w+|\w+)(?: \(\w+\))?/.exec(line)?.[0] ?? line
  const node = { number: all.length + 1, name, details: line.slice(name.length).replace(/^,? /, ''), plan, children }
  all.push(node)
  return node
}

const nodeOf = ({ name, number, children }: Numbered): TreeNode => ({
  line: `${name} (${number})`,
  children: children.map(nodeOf),
})

function section({ number, name, details, plan, children }: Numbered): string {
  const inputs = children.map(({ plan: input }, i) => {
    const word = children.length === 1 ? 'Input' : i === 0 ? 'Left' : 'Right'
    return columnsLine(children.length > 2 ? `Input ${i}` : word, input)
  })
  return [
    `(${number}) ${name}`,
    ...inputs,
    columnsLine('Output', plan),
    ...(details === '' ? [] : [`Arguments: ${details}`]),
  ].join('\n')
}

function columnsLine(word: string, { attributes }: PhysicalPlan): string {
  return attributes.length === 0
    ? `${word}: []`
    : `${word} [${attributes.length}]: [${attributes.map((a) => a.name).join(', ')}]`
}
