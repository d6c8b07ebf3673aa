/** A part of the text of a script. It is read again each time it runs, as names in it may mean something else then, and calls that draw draw anew. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type Body = readonly ScriptPart[]

/** A statement of a script: one that there is without scripts, too, or one that says what runs. */
export type ScriptPart =
  | { readonly kind: 'single'; readonly statement: Span }
  | Compound
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise?: Body }
  /** With a value the conditions of the branches are what it is compared with. */
  | { readonly kind: 'case'; readonly value?: Span; readonly branches: readonly Branch[]; readonly otherwise?: Body }
  | Loop
  | For
  | { readonly kind: 'leave' | 'iterate'; readonly label: string }

/** `[label:] BEGIN … END`. */
export interface Compound {
  readonly kind: 'compound'
  readonly label?: string
  readonly variables: readonly Span[]
  readonly handlers: readonly Handler[]
  readonly body: Body
}

export interface Branch {
  readonly condition: Span
  readonly body: Body
}

/** WHILE has a condition before each round, REPEAT one behind it that ends the loop, LOOP has none. */
export interface Loop {
  readonly kind: 'loop'
  readonly label?: string
  readonly while?: Span
  readonly until?: Span
  readonly body: Body
}

/** `FOR [variable AS] query DO …`: once for each row, whose columns are variables. */
export interface For {
  readonly kind: 'for'
  readonly label?: string
  readonly variable?: string
  readonly query: Span
  readonly body: Body
}

/** DECLARE EXIT HANDLER: what runs in place of the rest of its compound. */
export interface Handler {
  /** Names of conditions, or of whole classes of them, in upper case. */
  readonly conditions: ReadonlySet<string>
  readonly sqlStates: ReadonlySet<string>
  readonly handles: { readonly sqlException: boolean; readonly notFound: boolean }
  readonly body: Body
}
