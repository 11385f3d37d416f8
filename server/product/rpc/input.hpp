// A request's members, held against the table.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"
#include "server/product/rpc/backend.hpp"
#include "server/product/rpc/error.hpp"
#include "server/product/rpc/schema.hpp"

namespace bigocean::server::rpc {

/// What the schema allows, and nothing else: required members are there, texts have their form. Members of
/// form kUuid are in lower case.
class Input {
 public:
  /// A required member. Throws std::out_of_range when the table has none of that name.
  const std::string& text(std::string_view name) const;
  std::optional<std::string> optional_text(std::string_view name) const;

  std::map<std::string, std::string, std::less<>> texts;
  std::optional<std::string> idempotency_key;
  std::optional<StreamPlace> seen;  ///< of Last-Event-ID
};

/// `schema` is an object of texts. Adds every fault that `body` has; the result is good when there is none.
Input read_input(const Schema& schema, std::string_view body, std::vector<Fault>& faults);

/// The header Idempotency-Key, where it is sent: 1 to 200 visible ASCII characters.
std::optional<std::string> read_idempotency_key(const http::Headers& headers, std::vector<Fault>& faults);

/// The header Last-Event-ID, where it is sent: the id of one of our events.
std::optional<StreamPlace> read_last_event_id(const http::Headers& headers, std::vector<Fault>& faults);

/// The one member of `schema`, out of the path in place of a body.
Input read_path_input(const Schema& schema, std::string_view value, std::vector<Fault>& faults);

/// No valid body of `schema` is longer: every character as two \u escapes, and room for some blanks.
std::size_t request_bytes_max(const Schema& schema);

}  // namespace bigocean::server::rpc
