/** A plan as text, to be drawn as Spark draws it. */
export interface TreeNode {
  readonly line: string
  readonly children: readonly TreeNode[]
}

/** Draws a tree: children below their parent with `+- ` and `:- `. */
export function drawTree(root: TreeNode): string {
  const lines: string[] = []
  draw(root, '', '', lines)
  return lines.join('\n')
}

function draw(node: TreeNode, own: string, below: string, lines: string[]): void {
  lines.push(own + node.line)
  node.children.forEach((child, i) => {
    const last = i === node.children.length - 1
    draw(child, `${below}${last ? '+- ' : ':- '}`, `${below}${last ? '   ' : ':  '}`, lines)
  })
}

/** Numbers ids in the order in which they are met, so that a printout does not depend on what was planned before. */
export class IdNames {
  readonly #numbers = new Map<number, number>()

  of(name: string, id: number): string {
    const known = this.#numbers.get(id) ?? this.#numbers.size + 1
    this.#numbers.set(id, known)
    return `${name}#${known}`
  }
}
