import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface BrokerProcess {
  readonly servers: string
  stop(): Promise<void>
}

const CLI = fileURLToPath(new URL('../../bundle/cli/main.js', import.meta.url))

/** Runs the embedded broker in a process of its own, on a free port. */
export async function startBrokerProcess(directory: string): Promise<BrokerProcess> {
  const child = spawn(process.execPath, [CLI, 'broker', '--port', '0', '--dir', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const exited = once(child, 'exit')
  let output = ''
  for await (const chunk of child.stdout) {
    output += chunk
    if (output.includes('\n')) break
  }
  const servers = /listens on (\S+:\d+)/.exec(output)?.[1]
  if (servers === undefined) throw new Error(`the broker did not start: ${output}`)
  return {
    servers,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
