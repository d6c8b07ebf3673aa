import { fileURLToPath } from 'node:url'

/** The folder that holds the code as it runs: `dist`, or `dist/bundle` with the same entries, which the package brings. */
const OWN_FOLDER = new URL('../', import.meta.url)
let startsFrom = OWN_FOLDER

/** Has what is named from now on lie in another folder with the same entries: tests import `dist`, and start threads and executors of the bundle. */
export function startFrom(folder: string): void {
  startsFrom = new URL(folder)
}

/**
 * The URL of a file of ours that is started or read by its place, as threads, processes and the kernels are. The build bundles into fewer
 * files what is imported; what is named here stays a file, at the same path (tools/build.mjs).
 */
export function ownFile(path: string): string {
  return new URL(path, startsFrom).href
}

/** Folders whose code is ours, not a user's, and where they may lie, as stacks write it: as they run, and as sources, which source maps tell. */
const OURS = ['api', 'chunks', 'cli', 'columnar', 'common', 'connectors', 'driver', 'executor', 'planner', 'proto']
const ROOTS = [OWN_FOLDER, new URL('../', OWN_FOLDER)].flatMap((root) => [root.href, fileURLToPath(root)])
const OUR_PLACES = ROOTS.flatMap((root) => OURS.map((folder) => `${root}${folder}/`))

/** Whether a frame of a stack is one of our code. */
export const isOwnFrame = (frame: string): boolean => OUR_PLACES.some((place) => frame.includes(place))
