/** A question, and what is compared of its answer: sums and extremes over all its columns, since the rows of some would take longer to fetch than to find. */
export interface Question {
  readonly what: string
  /** The groups, of the table `t`; both engines understand it. */
  readonly groups: string
  readonly columns: string
}

/** The ten questions of h2o.ai's benchmark of databases over one table, and what else groups are made for. */
export const QUESTIONS: readonly Question[] = [
  {
    what: '1: by a text of 100',
    groups: 'select id1, sum(v1) v1 from t group by id1',
    columns: 'min(id1), max(id1), sum(v1)',
  },
  {
    what: '2: by two texts of 100',
    groups: 'select id1, id2, sum(v1) v1 from t group by id1, id2',
    columns: 'max(id1), max(id2), sum(v1)',
  },
  {
    what: '3: by a text of 100,000',
    groups: 'select id3, sum(v1) v1, avg(v3) v3 from t group by id3',
    columns: 'max(id3), sum(v1), sum(v3)',
  },
  {
    what: '4: by an integer of 100',
    groups: 'select id4, avg(v1) v1, avg(v2) v2, avg(v3) v3 from t group by id4',
    columns: 'sum(id4), sum(v1), sum(v2), sum(v3)',
  },
  {
    what: '5: by an integer of 100,000',
    groups: 'select id6, sum(v1) v1, sum(v2) v2, sum(v3) v3 from t group by id6',
    columns: 'sum(id6), sum(v1), sum(v2), sum(v3)',
  },
  {
    what: '6: median and deviation by two integers',
    groups: 'select id4, id5, median(v3) median_v3, stddev(v3) sd_v3 from t group by id4, id5',
    columns: 'sum(id4), sum(id5), sum(median_v3), sum(sd_v3)',
  },
  {
    what: '7: range of two columns by a text of 100,000',
    groups: 'select id3, max(v1) - min(v2) range_v1_v2 from t group by id3',
    columns: 'max(id3), sum(range_v1_v2)',
  },
  {
    what: '8: the largest two of an integer of 100,000',
    groups:
      'select id6, v3 from (select id6, v3, row_number() over (partition by id6 order by v3 desc) place from t) ranked where place <= 2',
    columns: 'sum(id6), sum(v3)',
  },
  {
    what: '9: correlation by a text and an integer',
    // Of values that are all the same DuckDB says NaN.
    groups: `select id2, id4, power(coalesce(nullif(corr(v1, v2), 'NaN'), 0), 2) r2 from t group by id2, id4`,
    columns: 'max(id2), sum(id4), sum(r2)',
  },
  {
    what: '10: by six columns, nearly each row a group',
    groups: 'select id1, id2, id3, id4, id5, id6, sum(v3) v3, count(*) n from t group by id1, id2, id3, id4, id5, id6',
    columns: 'sum(length(id1)), sum(length(id2)), max(id3), sum(id4), sum(id5), sum(id6), sum(v3), sum(n)',
  },
  {
    what: 'distinct integers, each once',
    groups: 'select distinct n from t',
    columns: 'sum(n)',
  },
]

/** The query that is measured: it answers with one row. */
export const measuredQuery = ({ groups, columns }: Question): string =>
  `select count(*), ${columns} from (${groups}) answer`
