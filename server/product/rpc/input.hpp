// Validates a request's members against the table of procedures.
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

/// The validated members of a request: only what the schema allows, with all required members and correct
/// texts. Members of form kUuid are in lower case.
class Input {
 public:
  /// A required member. Throws std::out_of_range if the table has no required member of that name.
  const std::string& text(std::string_view name) const;
  std::optional<std::string> optional_text(std::string_view name) const;

  std::map<std::string, std::string, std::less<>> texts;
  std::optional<std::string> idempotency_key;
  std::optional<StreamPlace> seen;  ///< of Last-Event-ID
};

/// Reads `body` by `schema`, an object of texts. Adds every fault to `faults`; the result may be used only if
/// there is none.
Input read_input(const Schema& schema, std::string_view body, std::vector<Fault>& faults);

/// The header Idempotency-Key, if it was sent: 1 to 200 visible ASCII characters.
std::optional<std::string> read_idempotency_key(const http::Headers& headers, std::vector<Fault>& faults);

/// The header Last-Event-ID, if it was sent: the id of an event of this service.
std::optional<StreamPlace> read_last_event_id(const http::Headers& headers, std::vector<Fault>& faults);

/// Reads the only member of `schema` from the path instead of a body.
Input read_path_input(const Schema& schema, std::string_view value, std::vector<Fault>& faults);

/// The maximum size of a valid body of `schema`: every character as two \u escapes, and room for some blanks.
std::size_t request_bytes_max(const Schema& schema);

}  // namespace bigocean::server::rpc
