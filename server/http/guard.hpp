// Reads the head of a request strictly, before the HTTP library sees it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace bigocean::server::http {

/// Why a request is answered without being routed; the connection is closed after it.
struct Refusal {
  int status;
  std::string_view detail;  ///< a literal: says what is wrong, never repeats the client's bytes
};

/// What the head says, decided once: nobody behind the guard looks at framing or connection headers again.
struct Head {
  std::string method;
  std::string path;        ///< the target without its query, as sent
  bool keep_alive = true;  ///< never for HTTP/1.0
  bool expects_continue = false;
  bool chunked = false;
  std::size_t content_length = 0;
  /// Request line and header lines for the router, each ended by CRLF, without the empty line: framing,
  /// connection, Expect, Range and Accept-Encoding are left out.
  std::string forwarded;
};

/// `head` is everything up to and including the empty line. Refuses with 400 what two parsers could read
/// differently (RFC 9112: bare CR or LF, NUL, folded lines, space before the colon, Transfer-Encoding beside
/// Content-Length, repeated or malformed Content-Length, Host missing or twice), with 413, 417, 501 and 505
/// what is clear but not served. `body_bytes_max` limits Content-Length.
std::variant<Head, Refusal> read_head(std::string_view head, std::size_t body_bytes_max);

/// True when `bytes`, a part of a head that may still grow, holds a line end that is not CRLF; a CR in the
/// last place does not count yet. Lets a broken client be refused at once instead of by time-out.
bool has_bare_line_end(std::string_view bytes);

}  // namespace bigocean::server::http
