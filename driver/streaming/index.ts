export { Checkpoint } from './checkpoint.js'
export { StreamRunner } from './stream-runner.js'
