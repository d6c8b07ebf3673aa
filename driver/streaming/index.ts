export { Checkpoint } from './checkpoint.js'
export { stateSink } from './state-sink.js'
export { stateSource } from './state-source.js'
export { StreamRunner } from './stream-runner.js'
