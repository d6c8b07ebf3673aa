/** The folder that holds the code as it runs: `dist`, or `dist/bundle` with the same entries, which the package brings. */
export const OWN_FOLDER = new URL('../', import.meta.url)

/**
 * The URL of a file of ours that is started or read by its place, as threads, processes and the kernels are. The build bundles into fewer
 * files what is imported; what is named here stays a file, at the same path (tools/build.mjs).
 */
export function ownFile(path: string): string {
  return new URL(path, OWN_FOLDER).href
}
