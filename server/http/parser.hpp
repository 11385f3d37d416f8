// Boost.Beast's HTTP/1.1 parsers behind a small interface, without I/O.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.hpp"

namespace bigocean::server::http {

/// The head of a request or a response as it was sent; repeated headers are kept.
struct ParsedHead {
  std::string method;  ///< of a request
  std::string target;  ///< of a request
  int status = 0;      ///< of a response
  bool http_1_1 = false;
  Headers headers;
};

/// Parses one message from bytes that arrive in any pieces. No I/O, not thread-safe. The guard refuses what
/// HTTP allows and this service does not.
class Parser {
 public:
  enum class Kind { kRequest, kResponse };
  enum class Progress {
    kMore,    ///< the message goes on; what is left of `in` must be given again, with more behind it
    kDone,    ///< what is left of `in` belongs to the next message
    kFailed,  ///< see fault(); the parser must not be used again
  };
  enum class Fault { kNone, kMalformed, kBadVersion, kHeadTooLarge, kBodyTooLarge };

  struct Limits {
    std::size_t head_bytes_max;
    std::size_t body_bytes_max;  ///< as decoded
  };

  Parser(Kind kind, const Limits& limits);
  ~Parser();
  Parser(Parser&&) noexcept;
  Parser& operator=(Parser&&) noexcept;

  /// Takes as much as possible from the front of `in`. Stops once after the head, so that the head can be
  /// checked before the body is read.
  Progress feed(std::string_view& in);
  /// To be called when the peer has closed its side, which ends a response without a length.
  Progress finish();

  Fault fault() const;
  const ParsedHead* head() const;  ///< null until it is complete
  std::string take_body();         ///< the part that was read since the last call
  bool keeps_connection() const;   ///< as the message says; known once it is complete

 private:
  struct Impl;
  template <bool is_request>
  struct Typed;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::server::http
