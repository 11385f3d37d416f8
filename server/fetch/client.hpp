// A connection to another server: sends requests, and reads responses as they arrive.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/net/stream.hpp"
#include "server/fetch/url.hpp"
#include "server/http/message.hpp"
#include "server/http/parser.hpp"

namespace bigocean::server::http {

/// A request to send. Host, User-Agent, Content-Length and Connection are added automatically.
struct Outgoing {
  std::string method = "GET";
  Headers headers{};
  std::string body{};
};

/// The server sent no valid response, or not all of it. The text says which.
struct ResponseFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Not thread-safe. Exchanges follow one another: send(), read_head(), read_body() until it returns an empty
/// text. Every member throws base::StreamError for a failure of the network, and base::Error on a signal.
class ClientConnection {
 public:
  using Deadline = base::Stream::Deadline;

  /// Resolves, connects and, for https, verifies the certificate. `interrupt` may be null, else it must
  /// outlive the connection.
  ClientConnection(const Url& url, Parser::Limits limits, Deadline deadline,
                   const base::Interrupt* interrupt);

  /// As base::Stream::interrupt_with().
  void interrupt_with(const base::Interrupt* interrupt) { stream_.interrupt_with(interrupt); }

  /// Sends a request, with the ids of the active trace if these are sent to other services. When this throws,
  /// at least one byte was not sent, so the server cannot have acted on it.
  void send(const Url& url, const Outgoing& outgoing, bool keep_alive, Deadline deadline);

  /// The head is valid until the next call. Throws ResponseFault, as read_body() does.
  const ParsedHead& read_head(Deadline deadline);

  /// Returns at least one byte of the decoded body, or an empty text at its end. `deadline` is for these
  /// bytes.
  std::string read_body(Deadline deadline);

  /// Whether another request can be sent: the last exchange is over, both sides keep the connection, and the
  /// server has neither sent more nor closed it.
  bool is_reusable() const;

 private:
  void read_more(Deadline deadline);

  base::Stream stream_;
  const Parser::Limits limits_;
  Parser parser_;
  Parser::Progress progress_ = Parser::Progress::kMore;
  std::string pending_;  ///< received and not yet parsed
  bool keep_alive_ = false;
};

}  // namespace bigocean::server::http
