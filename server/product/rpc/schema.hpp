// Schemas of the table of procedures: a small part of JSON Schema, as values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::server::rpc {

struct Member;

/// Lengths count Unicode code points, as JSON Schema does.
struct Schema {
  enum class Kind { kText, kInteger, kNumber, kBoolean, kList, kObject, kNamed };
  /// What a text may contain. Only requests are validated.
  enum class Form {
    kAny,
    kLine,       ///< one line with a visible character, without control characters (base::is_forbidden)
    kLines,      ///< likewise, with line ends (CR LF and CR are read as LF) and tabs
    kUuid,       ///< in upper or lower case
    kSecret,     ///< 256 bits in base64url: 43 characters
    kTimestamp,  ///< RFC 3339, UTC
  };

  Kind kind = Kind::kText;
  Form form = Form::kAny;
  std::int64_t min = 0;                     ///< of a number, or of a text's length
  std::int64_t max = 0;                     ///< likewise; 0: no limit
  std::string_view pattern{};               ///< of a reply's text
  std::vector<std::string_view> choices{};  ///< of a text
  std::string_view name{};                  ///< of kNamed: which of named_schemas()
  std::vector<Member> members;              ///< of an object
  std::vector<Schema> items;                ///< of a list: one
};

struct Member {
  std::string_view name;
  Schema schema;
  std::string_view help;  ///< one sentence for people
  bool required = true;
};

struct NamedSchema {
  std::string_view name;
  std::string_view help;
  Schema schema;
};

// Functions that make schemas.
Schema text();
Schema line(std::int64_t chars_min, std::int64_t chars_max);
Schema lines(std::int64_t chars_min, std::int64_t chars_max);
Schema matching(std::string_view pattern);
Schema one_of(std::vector<std::string_view> choices);
Schema uuid();
Schema secret();
Schema timestamp();
Schema integer(std::int64_t min = 0, std::int64_t max = 0);
Schema number(std::int64_t min, std::int64_t max);
Schema boolean();
Schema list_of(Schema item);
Schema named(std::string_view name);
Schema object(std::vector<Member> members);
Member optional(std::string_view name, Schema schema, std::string_view help);

/// The largest integer up to which JavaScript's numbers are exact.
constexpr std::int64_t kSafeIntegerMax = (std::int64_t{1} << 53) - 1;

/// The regular expression (ECMA 262) of a form; empty if it has none.
std::string_view pattern_of(Schema::Form form);

/// The schemas that several replies share.
const std::vector<NamedSchema>& named_schemas();

}  // namespace bigocean::server::rpc
