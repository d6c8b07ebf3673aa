import { closest } from '../../../common/closest.js'
import { FORMAT_NAMES, FORMATS, isFormatName } from '../../output/formats.js'
import type { Command, ShellContext } from './command.js'

export const mode: Command = {
  name: 'mode',
  usage: '[FORMAT]',
  help: `how results are written: ${FORMAT_NAMES.join(', ')}`,
  takes: 'format',
  arguments: [0, 1],
  run(shell, [name]) {
    if (name === undefined) return shell.print(`${shell.output.format}\n`)
    if (!isFormatName(name)) return noSuchMode(name)
    if (FORMATS[name].isBinary && shell.output.path === undefined)
      return `${name} is binary: send results to a file first, with .output FILE`
    shell.output.format = name
  },
}

function noSuchMode(name: string): string {
  const near = closest(name, FORMAT_NAMES, 1)[0]
  return `There is no mode ${name}. ${near === undefined ? '' : `Did you mean ${near}? `}There are ${FORMAT_NAMES.join(', ')}.`
}

const switching = (name: string, help: string, of: 'showsTime' | 'usesPager'): Command => ({
  name,
  usage: 'on | off',
  help,
  takes: 'switch',
  arguments: [1, 1],
  run(shell, [word]) {
    if (word !== 'on' && word !== 'off') return `${word} is neither on nor off`
    shell[of] = word === 'on'
    return undefined
  },
})

export const timer = switching('timer', 'whether rows and time of each statement are told', 'showsTime')
export const pager = switching(
  'pager',
  'whether tables go whole to $PAGER, or to less, instead of being cut to the window',
  'usesPager',
)

const leaving = (name: string): Command => ({
  name,
  help: 'leave the shell, as Ctrl-D does',
  arguments: [0, 0],
  run: (shell: ShellContext) => shell.leave(),
})

export const quit = leaving('quit')
export const exit = leaving('exit')
