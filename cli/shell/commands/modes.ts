import { MillraceError } from '../../../common/errors/millrace-error.js'
import { FORMAT_NAMES, FORMATS, isFormatName } from '../../output/formats.js'
import type { Command, ShellContext } from './command.js'

export const mode: Command = {
  name: 'mode',
  usage: '[FORMAT]',
  help: `how results are written: ${FORMAT_NAMES.join(', ')}`,
  takes: 'format',
  arguments: [0, 1],
  run(shell, [name]) {
    if (name === undefined) shell.print(`${shell.output.format}\n`)
    else if (!isFormatName(name)) throw wrong(`there is no mode ${name}; there are ${FORMAT_NAMES.join(', ')}`)
    else if (FORMATS[name].isBinary && shell.output.path === undefined)
      throw wrong(`${name} is binary: send results to a file first, with .output FILE`)
    else shell.output.format = name
  },
}

const switching = (name: string, help: string, of: 'showsTime' | 'usesPager'): Command => ({
  name,
  usage: 'on | off',
  help,
  takes: 'switch',
  arguments: [1, 1],
  run(shell, [word]) {
    shell[of] = isOn(word!)
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

function isOn(word: string): boolean {
  if (word !== 'on' && word !== 'off') throw wrong(`${word} is neither on nor off`)
  return word === 'on'
}

const wrong = (reason: string): MillraceError => new MillraceError('INVALID_API_USE', { reason })
