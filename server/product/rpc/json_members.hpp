// Parses the JSON object of a request's body strictly, and keeps only its own members.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/product/rpc/error.hpp"

namespace bigocean::server::rpc {

enum class JsonKind { kText, kNumber, kBoolean, kNull, kList, kObject };

struct JsonMember {
  std::string name;
  JsonKind kind = JsonKind::kNull;
  std::string text{};  ///< of kText; other values are checked and not kept
};

/// Returns the members in the order of the body, including repeated ones, or a fault: not UTF-8, not JSON
/// (RFC 8259; half of a surrogate pair is a fault), not an object, too deep, or too many members. Memory and
/// time are proportional to the size of `body`, for any nesting.
std::variant<std::vector<JsonMember>, Fault> read_members(std::string_view body);

}  // namespace bigocean::server::rpc
