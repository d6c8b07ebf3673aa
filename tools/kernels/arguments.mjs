// What the compiler of the kernels is told whatever they are compiled for. "minimal" brings the TLSF allocator without a collector: kernels and the
// host share its heap.
export const KERNEL_ARGUMENTS = [
  'executor/kernels/assembly/index.ts',
  '--noAssert',
  '--runtime',
  'minimal',
  '--enable',
  'simd',
  '--importMemory',
  '--noExportMemory',
  '--maximumMemory',
  '65536',
]
