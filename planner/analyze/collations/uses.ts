/**
 * What a function does with the collations of its texts:
 * - `values`: its arguments are values of one collation, which it gives or keeps as they are
 * - `text`: it makes a text of others, which has their collation; what it is does not depend on that
 * - `plain`: it gives no text, or one that has no collation, whatever that of its arguments is
 * - `keys`: it compares them, by their keys
 */
export type CollationUse = 'values' | 'text' | 'plain' | 'keys'

const WORDS: Readonly<Record<CollationUse, string>> = {
  values: `equal_null = == != <> < <= > >= <=> between if ifnull nvl nvl2 nullif coalesce greatest least array struct named_struct array_repeat flatten shuffle slice get
    .= .- array_prepend array_insert array_compact map_values map_entries map_keys zip_with transform filter exists
    forall any all aggregate reduce first last isnull isnotnull in when case typeof named_struct concat reverse arrays_zip transform_values map_filter size cardinality array_size
    monotonically_increasing_id to_json to_csv`,
  text: `substring substr left right || repeat lpad rpad overlay mask concat_ws elt format_string printf hex array_join
    conv sentences validate_utf8 make_valid_utf8 try_validate_utf8`,
  plain: `quote length len char_length character_length octet_length bit_length ascii levenshtein soundex base64 unbase64 unhex encode decode to_binary try_to_binary
    is_valid_utf8 parse_url try_parse_url url_encode url_decode try_url_decode crc32 hash xxhash64 md5 sha sha1 sha2 luhn_check and or not + - * / % mod div
    year month day dayofmonth hour minute second date_add dateadd date_sub datediff date_diff add_months weekofyear dayname monthname next_day months_between
    weekday dayofweek dayofyear last_day quarter date_trunc trunc extract date_part datepart date_format to_timestamp to_timestamp_ltz to_timestamp_ntz
    try_to_timestamp to_date try_to_date unix_timestamp to_unix_timestamp from_unixtime to_utc_timestamp from_utc_timestamp convert_timezone make_timestamp
    make_timestamp_ltz make_timestamp_ntz boolean tinyint smallint int bigint float double decimal binary date timestamp to_number try_to_number to_char to_varchar
    format_number get_json_object json_array_length json_object_keys from_json from_csv abs negative positive sqrt round bround ceil ceiling floor sign signum
    isnan assert_true raise_error space`,
  keys: 'array_contains array_position arrays_overlap',
}

const USES: ReadonlyMap<string, CollationUse> = new Map(
  Object.entries(WORDS).flatMap(([use, names]) =>
    names.split(/\s+/).map((name) => [name, use as CollationUse] as const),
  ),
)

/** What a function does with texts that have collations; undefined where that is not built, or said by `own-uses.ts`. */
export const collationUse = (name: string): CollationUse | undefined => USES.get(name)
