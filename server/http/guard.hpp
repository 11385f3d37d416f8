// What this service refuses although, or because, HTTP leaves it open.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "server/http/parser.hpp"

namespace bigocean::server::http {

/// Why a request is answered without being routed; the connection is closed after it.
struct Refusal {
  int status;
  std::string_view detail;  ///< a literal: says what is wrong, never repeats the client's bytes
};

/// What the head says, decided once: nobody behind the guard looks at framing or connection headers again.
struct Head {
  Request request;         ///< without its body, and without headers on framing, connection and ranges
  bool keep_alive = true;  ///< never for HTTP/1.0
  bool has_body = false;
  bool expects_continue = false;
};

/// Refuses with 400 what two parsers could read differently (RFC 9112: Transfer-Encoding beside
/// Content-Length, repeated or malformed Content-Length, Host missing, malformed or twice, a body on GET),
/// with 413, 414, 417 and 501 what is clear but not served. `body_bytes_max` limits Content-Length.
std::variant<Head, Refusal> validate(const ParsedHead& head, std::size_t body_bytes_max);

/// Method, HTTP version and headers of a head that is incomplete or refused, as far as they are plain to see.
/// For the reply's headers and the log; nothing else may be concluded from them.
Request what_is_known(std::string_view head);

/// Why the parser gave up on a request that begins with `head`.
Refusal refusal_of(Parser::Fault fault, std::string_view head);

/// True when `bytes`, a part of a head that may still grow, holds a line end that is not CRLF, or a folded
/// line; a CR in the last place does not count yet. Lets a broken client be refused at once instead of by
/// time-out.
bool has_ambiguous_line_end(std::string_view bytes);

}  // namespace bigocean::server::http
