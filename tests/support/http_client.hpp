// The tests' ordinary client of `serve`: cpp-httplib's. Bytes that no client sends are RawClient's.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace bigocean::test {

struct HttpCall {
  std::string method = "GET";
  std::string path = "/";
  std::string headers{};  ///< lines, each with its CR LF
  std::string body{};

  /// The call as RawClient sends it.
  std::string bytes() const;
};

struct HttpReply {
  int status = 0;         ///< 0: there was none
  std::string fault{};    ///< why
  std::string headers{};  ///< lines, in the order of their names
  std::string body{};     ///< without the chunks that it came in
};

/// One call on a connection of its own. `limit` is that of each wait.
HttpReply fetch(int port, const HttpCall& call, std::chrono::milliseconds limit = std::chrono::seconds(10));

/// The same as text, as RawClient has it: status line, header lines, an empty line, the body. Throws
/// std::runtime_error when there is no reply.
std::string exchange(int port, const HttpCall& call,
                     std::chrono::milliseconds limit = std::chrono::seconds(10));

/// One GET.
std::string get(int port, std::string_view path);

/// Gets the status and an empty piece behind the head, then each piece; returns false to leave.
using OnPiece = std::function<bool(int status, std::string_view piece)>;

/// A reply in pieces. False: it was left, or it broke off.
bool hear(int port, const HttpCall& call, std::chrono::milliseconds limit, const OnPiece& on_piece);

/// What is in a reply's text.
int status_of(const std::string& reply);
std::string body_of(const std::string& reply);

}  // namespace bigocean::test
