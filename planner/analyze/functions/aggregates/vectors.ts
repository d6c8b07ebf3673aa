import { BINARY } from '../../../../columnar/types.js'
import type { Fold } from '../../../plan/expression/expression.js'
import { helped, kernelCall } from '../definition.js'
import { dimensionMismatch, VECTOR, vectorOf } from '../vectors.js'
import { type AggregateDefinition, type AggregateSite, type AggregateTable, oneArgument } from './definition.js'
import { column, folded } from './fold.js'

/* Sums and averages of vectors, element by element; a vector with a NULL does not count. The state is bytes that kernels change in their place. */

function totals(added: string, merged: string, site: AggregateSite): Fold {
  const traits = { errors: [dimensionMismatch(site)] }
  const [own, other] = [column(0, BINARY), column(1, BINARY)]
  return {
    label: site.name,
    state: [{ name: 'total', type: BINARY, nullable: false }],
    added: [kernelCall(added, BINARY, [own, column(1, VECTOR)], site, traits)],
    merged: [kernelCall(merged, BINARY, [own, other], site, traits)],
    result: kernelCall('vectorTotal', VECTOR, [own], site, { givesNull: true }),
    isOrdered: true,
  }
}

const ofVectors = (added: string, merged: string): AggregateDefinition =>
  oneArgument((args, site) => site.of(folded(totals(added, merged, site), [vectorOf(args, 0, site)])))

export const VECTOR_TOTALS: AggregateTable = {
  vector_sum: helped(
    '(vector)',
    'The sum of arrays of floats of one length, element by element.',
    [['vector_sum(a) from values (array(1.0F, 2.0F)), (array(3.0F, 4.0F)) as t(a)', '[4.0, 6.0]']],
    ofVectors('vectorSumAdded', 'vectorSumMerged'),
  ),
  vector_avg: helped(
    '(vector)',
    'The average of arrays of floats of one length, element by element.',
    [['vector_avg(a) from values (array(1.0F, 2.0F)), (array(3.0F, 4.0F)) as t(a)', '[2.0, 3.0]']],
    ofVectors('vectorAverageAdded', 'vectorAverageMerged'),
  ),
}
