// The one AssemblyScript module of a worker thread. Every kernel file is exported from here.
export * from './memory'
export * from './arena'
export * from './bytes'
export * from './decimal'
export * from './float'
export * from './dates'
export * from './strings'
