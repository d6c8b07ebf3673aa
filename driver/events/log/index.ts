export { EventLog } from './event-log.js'
