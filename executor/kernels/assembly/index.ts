// The one AssemblyScript module of a worker thread. Every kernel file is exported from here.
export * from './memory'
