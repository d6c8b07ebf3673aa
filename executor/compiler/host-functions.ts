/** What generated code calls of the host. */
export type HostFunctions = {
  /** Hands a full block on. Called once a block. */
  flushBlock(builder: number): void
}

/** Their types in WebAssembly, written as those of kernels. */
export const HOST_SIGNATURES: Readonly<Record<keyof HostFunctions, string>> = { flushBlock: 'i32 ->' }
