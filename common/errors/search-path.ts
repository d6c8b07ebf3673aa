/** Where names of tables and functions are looked up, as Spark's conditions tell it. */
export const SEARCH_PATH = '[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]'
