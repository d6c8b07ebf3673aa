/** A call that is banned, and what to write instead. `except` lists files (path prefixes) where it is right. */
export interface Banned {
  readonly pattern: RegExp
  readonly instead: string
  readonly except: readonly string[]
}

export const BANNED: readonly Banned[] = [
  {
    pattern: /\bconsole\.(log|error|warn|info)\(/,
    instead: 'the logger of common/log.ts, or the stream given',
    except: ['cli/', 'tools/', 'bench/', 'test/', 'examples/'],
  },
  {
    pattern: /throw new (Type|Range|Syntax)?Error\(/,
    instead: 'MillraceError with a condition of the catalogue',
    except: ['examples/', 'tools/', 'bench/', 'test/', 'executor/kernels/assembly/'],
  },
  { pattern: /\bexport \* from\b/, instead: 'named exports', except: ['executor/kernels/assembly/'] },
  { pattern: /(:|<|\bas) any\b(?! )/, instead: 'unknown, or the type it has', except: [] },
  { pattern: /^\s*(export )?(const )?enum\b/, instead: 'a union of literals', except: ['executor/kernels/assembly/'] },
  { pattern: /\bMath\.random\(\)/, instead: 'a seeded generator, or randomUUID for ids', except: ['bench/'] },
  {
    pattern: /\bDate\.now\(\)|\bperformance\.now\(\)/,
    instead: 'the time as an argument (planner and cores are pure)',
    except: [
      'api/',
      'bench/',
      'cli/',
      'common/',
      'connectors/',
      'driver/',
      'examples/',
      'executor/',
      'proto/rpc/',
      'standalone/master/master.ts',
      'test/',
      'tools/',
    ],
  },
  {
    // Of an object literal that is pushed, the parts may be spread.
    pattern:
      /\.(push|unshift)\(([^{}]*, *)?\.\.\.|\bMath\.(max|min)\(.*\.\.\.|\.from(CharCode|CodePoint)\(.*\.\.\.|(?<!Reflect)\.apply\(\w+, /,
    instead: 'append of common/append.ts, or a loop: each value of a spread takes a place on the stack',
    except: ['test/', 'bench/', 'tools/'],
  },
  {
    pattern:
      /'(kafka\.[\w.]+|subscribe(pattern)?|assign|(starting|ending)(offsets|timestamp)\w*|m(ax|in)OffsetsPerTrigger|failOnDataLoss|dbtable|connectionString)'/i,
    instead: 'a question to the connector (connectors/api.ts): it alone knows its options',
    except: ['connectors/', 'api/sources/formats.ts', 'cli/', 'examples/', 'test/', 'bench/', 'tools/'],
  },
  {
    pattern: /\bRegExp\(/,
    instead: 're2js for a pattern that users give, as it takes linear time, or a literal',
    except: [
      'planner/sql/lexer.ts',
      'executor/patterns/ranges.ts',
      'executor/routines/text-breaks.ts',
      'test/',
      'tools/',
    ],
  },
  {
    pattern: /\binstanceOf: MillraceError\b/,
    instead: 'raised or refusal of test/support/raised.ts: a fault of the engine is a MillraceError, too',
    except: ['test/support/raised.ts', 'test/tools/tidy.test.ts'],
  },
  { pattern: /\bTODO\b|\bFIXME\b|\bXXX\b/, instead: 'the thing itself, or an issue', except: ['tools/tidy/'] },
  {
    pattern: /@ts-ignore|@ts-nocheck/,
    instead: '@ts-expect-error in a type test, or a right type',
    except: ['tools/tidy/'],
  },
]
