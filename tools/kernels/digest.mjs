// Writes the digest of the compiled kernels behind their interface: a process that finds it in the bytes that it loads need not compare the rest.
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'

export function appendDigest(kernels, kernelInterface) {
  const digest = createHash('sha256').update(readFileSync(kernels)).digest('base64')
  appendFileSync(kernelInterface, `\n/** Of the bytes of the module. */\nexport const KERNELS_DIGEST = '${digest}'\n`)
}
