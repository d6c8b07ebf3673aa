import { array, field, INT, STRING, struct, VARIANT } from '../../../columnar/types.js'
import { UNREADABLE_VARIANT } from '../../plan/expression/variant-errors.js'
import { helped, kernelCall } from '../functions/definition.js'
import { variantOperand } from '../functions/variants.js'
import type { Generator } from './definition.js'
import { EXPLODE } from './explode.js'

const MEMBERS = array(
  struct([field('pos', INT, false), field('key', STRING, true), field('value', VARIANT, false)]),
  false,
)

/** The members of an object or array as the structs of an array, which become rows. */
const exploded = (inline: Generator): Generator => ({
  minArgs: 1,
  maxArgs: 1,
  parameters: [{ name: 'input' }],
  build: ([value], site) => {
    const traits = { givesNull: true, types: ['result'], errors: UNREADABLE_VARIANT } as const
    return inline.build([kernelCall('variantMembers', MEMBERS, [variantOperand(value!, site)], site, traits)], site)
  },
})

export const VARIANT_EXPLODE: Readonly<Record<string, Generator>> = {
  variant_explode: helped(
    '(variant)',
    'In FROM: a row for each member of an object or array, with its position, its key and its value.',
    [['select * from variant_explode(parse_json(\'[1,"a"]\'))', '0, NULL, 1\n1, NULL, "a"']],
    exploded(EXPLODE['inline']!),
  ),
  variant_explode_outer: helped(
    '(variant)',
    'As `variant_explode`, but a row of NULLs where there is no member.',
    [["select * from variant_explode_outer(parse_json('1'))", 'NULL, NULL, NULL']],
    exploded(EXPLODE['inline_outer']!),
  ),
}
