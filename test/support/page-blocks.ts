/** What a page has that runs, in its order. */
export type PageBlock =
  /** A file that the page tells to save, ` ```csv trips.csv `. */
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  /** A program, ` ```js `, or statements, ` ```sql `, with what they print in a block without a language right behind. */
  | { readonly kind: 'js' | 'sql'; readonly text: string; readonly output: string }
  /** A line of a terminal, `$ command` within ` ```console `, with what it prints below it. */
  | { readonly kind: 'command'; readonly text: string; readonly output: string }

const FENCE = /^```(\w*)[ \t]*(\S*)\n(.*?)^```$(?:\n\n```\n(.*?)^```$)?/gms
const COMMAND = /^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm

/** The blocks of a page that run: programs and commands always, statements where their output is shown. */
export function pageBlocks(page: string): readonly PageBlock[] {
  return [...page.matchAll(FENCE)].flatMap(([, language, name, text = '', output]): readonly PageBlock[] => {
    if (name !== '') return [{ kind: 'file', name: name!, text }]
    if (language === 'console')
      return [...text.matchAll(COMMAND)].map(([, command, printed]) => ({
        kind: 'command',
        text: command!,
        output: printed!,
      }))
    if (language === 'js') return [{ kind: 'js', text, output: output ?? '' }]
    if (language === 'sql' && output !== undefined) return [{ kind: 'sql', text, output }]
    return []
  })
}
