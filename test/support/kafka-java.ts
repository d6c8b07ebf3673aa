import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Where start-kafka.sh keeps jars and data. */
export const KAFKA_HOME = process.env['MILLRACE_KAFKA_HOME'] ?? join(homedir(), '.cache/millrace-kafka')
export const KAFKA_JARS = join(KAFKA_HOME, 'jars-4.1.0')
/** For virtual machines that run for seconds: the first compiler and the smallest collector alone take half the processor time. */
export const SHORT_LIVED = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']
const COMPILER = ['-m', 'jdk.compiler/com.sun.tools.javac.Main']
const TOOL_SOURCE = fileURLToPath(new URL('../../../test/support/KafkaTool.java', import.meta.url))

/** Runs test/support/KafkaTool.java. */
export async function kafkaTool(...args: readonly string[]): Promise<string> {
  return await runJava(`${await compiledTool()}:${KAFKA_JARS}/*`, ['KafkaTool', ...args])
}

/** Runs a command of Kafka's own, such as `TopicCommand`. */
export const kafkaCommand = (name: string, ...args: readonly string[]): Promise<string> =>
  runJava(`${KAFKA_JARS}/*`, [`org.apache.kafka.tools.${name}`, ...args])

/** The folder with the classes of the tool: compiling takes longer than what it does, so that they are kept beside the jars. */
async function compiledTool(): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(TOOL_SOURCE))
    .digest('hex')
  const folder = join(KAFKA_HOME, `tool-${digest.slice(0, 16)}`)
  if (existsSync(folder)) return folder
  const made = await mkdtemp(`${folder}-`)
  const jars = (await readdir(KAFKA_JARS)).map((name) => join(KAFKA_JARS, name)).join(':')
  try {
    await promisify(execFile)('java', [...COMPILER, '-cp', jars, '-d', made, TOOL_SOURCE], { timeout: 120_000 })
    await rename(made, folder)
  } catch (error) {
    await rm(made, { recursive: true })
    // Another process was first.
    if (!existsSync(folder)) throw error
  }
  return folder
}

async function runJava(classes: string, args: readonly string[]): Promise<string> {
  const command = [...SHORT_LIVED, '-Xmx256m', '-cp', classes, ...args]
  const { stdout } = await promisify(execFile)('java', command, { maxBuffer: 1 << 28, timeout: 120_000 })
  return stdout
}
