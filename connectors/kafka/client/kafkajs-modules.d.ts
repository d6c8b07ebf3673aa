// kafkajs declares the types of none of its own modules. `kafkajs-internals.ts` says what those have that it takes.
declare module 'kafkajs/src/*' {
  const exported: unknown
  export default exported
}
