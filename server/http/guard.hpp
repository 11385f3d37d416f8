// Checks the head of a request, and refuses what HTTP permits but this service does not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "server/http/parser.hpp"

namespace bigocean::server::http {

/// Why a request is refused before routing. The connection is closed after the reply.
struct Refusal {
  int status;
  std::string_view detail;  ///< a literal that says what is wrong, without the client's bytes
};

/// A checked head. Later code does not read framing or connection headers again.
struct Head {
  Request request;         ///< without its body, and without headers on framing, connection and ranges
  bool keep_alive = true;  ///< never for HTTP/1.0
  bool has_body = false;
  bool expects_continue = false;
};

/// Checks a head. Refuses with 400 what two parsers could read differently (RFC 9112: Transfer-Encoding with
/// Content-Length, repeated or malformed Content-Length, missing, malformed or repeated Host, a body on GET),
/// and with 413, 414, 417 and 501 what is clear but not supported. `body_bytes_max` limits Content-Length.
std::variant<Head, Refusal> validate(const ParsedHead& head, std::size_t body_bytes_max);

/// Method, HTTP version and headers of an incomplete or refused head, as far as they can be read. Only for
/// the reply's headers and the log.
Request what_is_known(std::string_view head);

/// The refusal for a fault of the parser in a request that begins with `head`.
Refusal refusal_of(Parser::Fault fault, std::string_view head);

/// Whether `bytes`, a part of a head that is still arriving, contains a line end that is not CRLF, or a
/// folded line. A CR at the end does not count yet. This allows a broken client to be refused at once instead
/// of after a time-out.
bool has_ambiguous_line_end(std::string_view bytes);

}  // namespace bigocean::server::http
