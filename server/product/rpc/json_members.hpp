// Reads the JSON object that is a request's body, strictly, and no deeper than its own members.
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
  std::string text{};  ///< of kText; the insides of everything else are read and forgotten
};

/// The members in the order of arrival, a repeated one as often as it came; or why there are none: no UTF-8,
/// no JSON (RFC 8259; half a surrogate pair is none), no object, too deep, too many members. Uses memory and
/// time in proportion to `body`, however it is nested.
std::variant<std::vector<JsonMember>, Fault> read_members(std::string_view body);

}  // namespace bigocean::server::rpc
