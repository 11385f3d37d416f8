// Functions that stay in their database and session, with any arguments.
#include <algorithm>
#include <array>

#include "sql/drift/reach.hpp"

namespace bigocean::sql::drift {
namespace {

// clang-format off
constexpr std::array<std::string_view, 509> kHarmless{
    "abbrev", "abs", "acldefault", "aclexplode", "acos", "acosd", "acosh", "age", "akeys", "any_value",
    "area", "armor", "array_agg", "array_append", "array_cat", "array_dims", "array_fill", "array_length",
    "array_lower", "array_ndims", "array_position", "array_positions", "array_prepend", "array_remove",
    "array_replace", "array_reverse", "array_sample", "array_shuffle", "array_sort", "array_to_json",
    "array_to_string", "array_to_tsvector", "array_upper", "ascii", "asin", "asind", "asinh", "atan", "atan2",
    "atan2d", "atand", "atanh", "avals", "avg", "bit_and", "bit_count", "bit_length", "bit_or", "bit_xor",
    "bool", "bool_and", "bool_or", "box", "broadcast", "btrim", "cardinality", "casefold", "cbrt", "ceil",
    "ceiling", "center", "char_length", "character_length", "chr", "cidr", "circle", "clock_timestamp",
    "col_description", "concat", "concat_ws", "convert", "convert_from", "convert_to", "corr", "cos", "cosd",
    "cosh", "cot", "cotd", "count", "covar_pop", "covar_samp", "crc32", "crc32c", "crypt", "cume_dist",
    "current_database", "current_query", "current_schema", "current_schemas", "current_setting", "currval",
    "daitch_mokotoff", "date", "date_add", "date_bin", "date_part", "date_subtract", "date_trunc",
    "datemultirange", "daterange", "dearmor", "decode", "decrypt", "degrees", "delete", "dense_rank",
    "diagonal", "diameter", "difference", "digest", "div", "dmetaphone", "dmetaphone_alt", "each",
    "earth_distance", "encode", "encrypt", "enum_first", "enum_last", "enum_range", "erf", "erfc", "every",
    "exist", "exp", "extract", "factorial", "family", "first_value", "floor", "format", "format_type", "gamma",
    "gcd", "gen_random_bytes", "gen_random_uuid", "gen_salt", "generate_series", "generate_subscripts",
    "get_bit", "get_byte", "get_current_ts_config", "has_any_column_privilege", "has_column_privilege",
    "has_database_privilege", "has_function_privilege", "has_schema_privilege", "has_sequence_privilege",
    "has_table_privilege", "has_type_privilege", "hashtext", "hashtextextended", "height", "hmac", "host",
    "hostmask", "hstore", "hstore_to_json", "hstore_to_jsonb", "idx", "inet_merge", "inet_same_family",
    "initcap", "int4multirange", "int4range", "int8multirange", "int8range", "is_normalized", "isclosed",
    "isempty", "isfinite", "isopen", "json_agg", "json_agg_strict", "json_array_elements",
    "json_array_elements_text", "json_array_length", "json_build_array", "json_build_object", "json_each",
    "json_each_text", "json_extract_path", "json_extract_path_text", "json_object", "json_object_agg",
    "json_object_agg_strict", "json_object_agg_unique", "json_object_agg_unique_strict", "json_object_keys",
    "json_populate_record", "json_populate_recordset", "json_scalar", "json_strip_nulls", "json_to_record",
    "json_to_recordset", "json_to_tsvector", "json_typeof", "jsonb_agg", "jsonb_agg_strict",
    "jsonb_array_elements", "jsonb_array_elements_text", "jsonb_array_length", "jsonb_build_array",
    "jsonb_build_object", "jsonb_concat", "jsonb_each", "jsonb_each_text", "jsonb_extract_path",
    "jsonb_extract_path_text", "jsonb_insert", "jsonb_object", "jsonb_object_agg", "jsonb_object_agg_strict",
    "jsonb_object_agg_unique", "jsonb_object_agg_unique_strict", "jsonb_object_keys", "jsonb_path_exists",
    "jsonb_path_exists_tz", "jsonb_path_match", "jsonb_path_match_tz", "jsonb_path_query",
    "jsonb_path_query_array", "jsonb_path_query_array_tz", "jsonb_path_query_first",
    "jsonb_path_query_first_tz", "jsonb_path_query_tz", "jsonb_populate_record", "jsonb_populate_recordset",
    "jsonb_pretty", "jsonb_set", "jsonb_set_lax", "jsonb_strip_nulls", "jsonb_to_record", "jsonb_to_recordset",
    "jsonb_to_tsvector", "jsonb_typeof", "justify_days", "justify_hours", "justify_interval", "lag",
    "last_value", "lastval", "lcm", "lead", "left", "length", "levenshtein", "levenshtein_less_equal",
    "lgamma", "like", "like_escape", "line", "ll_to_earth", "ln", "log", "log10", "lower", "lower_inc",
    "lower_inf", "lpad", "lseg", "ltree2text", "ltrim", "macaddr8_set7bit", "make_date",
    "make_interval", "make_time", "make_timestamp", "make_timestamptz", "masklen", "max", "md5", "metaphone",
    "min", "min_scale", "mod", "mode", "money", "multirange", "name", "netmask", "network", "nextval",
    "nlevel", "normalize", "now", "npoints", "nth_value", "ntile", "num_nonnulls", "num_nulls", "numeric",
    "nummultirange", "numnode", "numrange", "obj_description", "octet_length", "overlaps", "overlay",
    "parse_ident", "path", "pclose", "percent_rank", "percentile_cont", "percentile_disc", "pg_backend_pid",
    "pg_client_encoding", "pg_collation_for", "pg_column_compression", "pg_column_size", "pg_describe_object",
    "pg_encoding_to_char", "pg_function_is_visible", "pg_get_constraintdef", "pg_get_expr",
    "pg_get_function_arguments", "pg_get_function_identity_arguments", "pg_get_function_result",
    "pg_get_functiondef", "pg_get_indexdef", "pg_get_keywords", "pg_get_ruledef", "pg_get_serial_sequence",
    "pg_get_triggerdef", "pg_get_userbyid", "pg_get_viewdef", "pg_has_role", "pg_is_in_recovery",
    "pg_my_temp_schema", "pg_size_bytes", "pg_size_pretty", "pg_sleep", "pg_sleep_for", "pg_table_is_visible",
    "pg_trigger_depth", "pg_type_is_visible", "pg_typeof", "phraseto_tsquery", "pi", "plainto_tsquery",
    "point", "polygon", "popen", "position", "pow", "power", "querytree", "quote_ident", "quote_literal",
    "quote_nullable", "radians", "radius", "random", "random_normal", "range_agg", "range_intersect_agg",
    "range_merge", "rank", "regexp_count", "regexp_instr", "regexp_like", "regexp_match", "regexp_matches",
    "regexp_replace", "regexp_split_to_array", "regexp_split_to_table", "regexp_substr", "regr_avgx",
    "regr_avgy", "regr_count", "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy",
    "repeat", "replace", "reverse", "right", "round", "row_number", "row_to_json", "rpad", "rtrim", "scale",
    "set_bit", "set_byte", "set_config", "set_masklen", "setseed", "setval", "setweight", "sha224", "sha256",
    "sha384", "sha512", "shobj_description", "show_trgm", "sign", "similar_escape", "similar_to_escape",
    "similarity", "sin", "sind", "sinh", "skeys", "slice", "slope", "soundex", "split_part", "sqrt",
    "starts_with", "statement_timestamp", "stddev", "stddev_pop", "stddev_samp", "strict_word_similarity",
    "string_agg", "string_to_array", "string_to_table", "strip", "strpos", "subpath", "substr", "substring",
    "sum", "svals", "tan", "tand", "tanh", "text", "text2ltree", "timeofday", "timezone", "to_ascii", "to_bin",
    "to_char", "to_date", "to_hex", "to_json", "to_jsonb", "to_number", "to_oct", "to_regclass",
    "to_regcollation", "to_regnamespace", "to_regproc", "to_regprocedure", "to_regrole", "to_regtype",
    "to_timestamp", "to_tsquery", "to_tsvector", "transaction_timestamp", "translate", "trim_array",
    "trim_scale", "trunc", "ts_debug", "ts_delete", "ts_filter", "ts_headline", "ts_lexize", "ts_rank",
    "ts_rank_cd", "tsmultirange", "tsquery_phrase", "tsrange", "tstzmultirange", "tstzrange",
    "tsvector_to_array", "txid_current", "unaccent", "unicode_assigned", "uniq", "unistr", "unnest", "upper",
    "upper_inc", "upper_inf", "uuid_extract_timestamp", "uuid_extract_version", "uuid_generate_v1",
    "uuid_generate_v1mc", "uuid_generate_v3", "uuid_generate_v4", "uuid_generate_v5", "uuid_nil",
    "uuid_ns_dns", "uuid_ns_oid", "uuid_ns_url", "uuid_ns_x500", "uuidv4", "uuidv7", "var_pop", "var_samp",
    "variance", "version", "websearch_to_tsquery", "width", "width_bucket", "word_similarity", "xmlagg",
    "xmlcomment", "xmlexists", "xpath", "xpath_exists"
};
// clang-format on

static_assert(std::is_sorted(kHarmless.begin(), kHarmless.end()));

}  // namespace

bool is_harmless_function(std::string_view name) {
  return std::binary_search(kHarmless.begin(), kHarmless.end(), name);
}

std::vector<std::string_view> harmless_functions() { return {kHarmless.begin(), kHarmless.end()}; }

}  // namespace bigocean::sql::drift
