// A connection to another server: requests out, responses in as they come.
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

/// What is sent to the URL. Host, User-Agent, Content-Length and Connection come by themselves.
struct Outgoing {
  std::string method = "GET";
  Headers headers{};
  std::string body{};
};

/// What the server sent is no response, or not the whole of one. The text says which.
struct ResponseFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// For one thread at a time. One exchange follows the other: send(), read_head(), read_body() until it is
/// empty. Every member throws base::StreamError for what the network does, and base::Error on a signal.
class ClientConnection {
 public:
  using Deadline = base::Stream::Deadline;

  /// Resolves, connects and, for https, verifies the certificate. `interrupt` may be null, else it must
  /// outlive the connection.
  ClientConnection(const Url& url, Parser::Limits limits, Deadline deadline,
                   const base::Interrupt* interrupt);

  /// As base::Stream::interrupt_with().
  void interrupt_with(const base::Interrupt* interrupt) { stream_.interrupt_with(interrupt); }

  /// When this throws, at least one byte has not been sent: the server cannot have acted on the request.
  void send(const Url& url, const Outgoing& outgoing, bool keep_alive, Deadline deadline);

  /// Throws ResponseFault, as does read_body().
  const ParsedHead& read_head(Deadline deadline);

  /// At least one byte of the body as decoded, or none at its end. `deadline` is for these bytes.
  std::string read_body(Deadline deadline);

  /// The last exchange is over, both sides keep the connection, and the server has sent nothing more nor
  /// closed it.
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
