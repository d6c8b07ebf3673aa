import { functionDefinition, isBuiltIn } from '../../planner/analyze/functions/registry.js'
import { CATALOG_NAME } from './catalog-names.js'
import type { SessionCatalog } from './session-catalog.js'

export interface FunctionInfo {
  readonly name: string
  /** None of those of the engine and of temporary ones. */
  readonly catalog: string | null
  readonly namespace: readonly string[] | null
  readonly description: string | null
  readonly isTemporary: boolean
}

/** What is told of a function: those of the engine count as temporary, as in Spark. @throws UNRESOLVED_ROUTINE */
export function functionInfo(path: readonly string[], catalog: SessionCatalog): FunctionInfo {
  const name = path.at(-1)!.toLowerCase()
  const isOwn = path.length === 1 && isBuiltIn(name)
  const written = isOwn ? undefined : catalog.functions.lookUp(path, catalog.places)
  if (!written) {
    const { help } = functionDefinition(name)
    const description = help ? `${name}${help.usage} - ${help.meaning}` : null
    return { name, catalog: null, namespace: null, description, isTemporary: true }
  }
  return written.kind === 'stored'
    ? {
        name: written.text.name,
        catalog: CATALOG_NAME,
        namespace: [written.text.database],
        description: written.text.comment ?? null,
        isTemporary: false,
      }
    : { name: written.name, catalog: null, namespace: null, description: null, isTemporary: true }
}
