import type { SourceDescription } from '../../connectors/api.js'
import { parseSchema } from '../../planner/sql/types.js'

const money = 'decimal(15,2) not null'
const key = 'bigint not null'
const text = 'string not null'

/** The TPC-H tables as the Parquet files of the test data declare them, with their sizes at scale 1. */
const TABLES: Readonly<Record<string, readonly [rows: number, ddl: string]>> = {
  region: [5, `r_regionkey ${key}, r_name ${text}, r_comment ${text}`],
  nation: [25, `n_nationkey ${key}, n_name ${text}, n_regionkey ${key}, n_comment ${text}`],
  supplier: [
    10_000,
    `s_suppkey ${key}, s_name ${text}, s_address ${text}, s_nationkey ${key}, s_phone ${text}, s_acctbal ${money}, s_comment ${text}`,
  ],
  customer: [
    150_000,
    `c_custkey ${key}, c_name ${text}, c_address ${text}, c_nationkey ${key}, c_phone ${text}, c_acctbal ${money},
     c_mktsegment ${text}, c_comment ${text}`,
  ],
  part: [
    200_000,
    `p_partkey ${key}, p_name ${text}, p_mfgr ${text}, p_brand ${text}, p_type ${text}, p_size int not null, p_container ${text},
     p_retailprice ${money}, p_comment ${text}`,
  ],
  partsupp: [
    800_000,
    `ps_partkey ${key}, ps_suppkey ${key}, ps_availqty int not null, ps_supplycost ${money}, ps_comment ${text}`,
  ],
  orders: [
    1_500_000,
    `o_orderkey ${key}, o_custkey ${key}, o_orderstatus ${text}, o_totalprice ${money}, o_orderdate date not null,
     o_orderpriority ${text}, o_clerk ${text}, o_shippriority int not null, o_comment ${text}`,
  ],
  lineitem: [
    6_001_215,
    `l_orderkey ${key}, l_partkey ${key}, l_suppkey ${key}, l_linenumber int not null, l_quantity ${money}, l_extendedprice ${money},
     l_discount ${money}, l_tax ${money}, l_returnflag ${text}, l_linestatus ${text}, l_shipdate date not null,
     l_commitdate date not null, l_receiptdate date not null, l_shipinstruct ${text}, l_shipmode ${text}, l_comment ${text}`,
  ],
}

export const TPCH_TABLES: readonly string[] = Object.keys(TABLES)

/** A table described as the Parquet connector would, without a file. */
export function tpchSource(table: string): SourceDescription {
  const [rows, ddl] = TABLES[table]!
  const schema = parseSchema(ddl)
  return {
    provider: 'parquet',
    options: {},
    paths: [table],
    schema,
    statistics: { rows, bytes: rows * schema.fields.length * 8 },
  }
}
