// Whether a function's value holds for a whole statement.
#include "sql/lint/volatility.hpp"

#include <algorithm>
#include <array>

namespace bigocean::sql::lint {
namespace {

constexpr auto kNotVolatile = std::to_array<std::string_view>({
    "age",
    "array_append",
    "array_fill",
    "btrim",
    "coalesce",
    "concat",
    "current_database",
    "current_schema",
    "current_setting",
    "date_part",
    "date_trunc",
    "decode",
    "encode",
    "extract",
    "format",
    "int4range",
    "int8range",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "left",
    "length",
    "lower",
    "lpad",
    "make_date",
    "make_interval",
    "make_timestamptz",
    "md5",
    "now",
    "numrange",
    "quote_ident",
    "repeat",
    "replace",
    "right",
    "rpad",
    "split_part",
    "statement_timestamp",
    "string_to_array",
    "substr",
    "substring",
    "timezone",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_timestamp",
    "to_tsvector",
    "transaction_timestamp",
    "tstzrange",
    "tsrange",
    "upper",
});

constexpr auto kVolatile = std::to_array<std::string_view>({
    "clock_timestamp",
    "currval",
    "gen_random_bytes",
    "gen_random_uuid",
    "lastval",
    "nextval",
    "random",
    "random_normal",
    "setval",
    "timeofday",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
});

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Volatility known_volatility(std::string_view function) {
  if (contains(kNotVolatile, function)) return Volatility::kNotVolatile;
  return contains(kVolatile, function) ? Volatility::kVolatile : Volatility::kUnknown;
}

}  // namespace bigocean::sql::lint
