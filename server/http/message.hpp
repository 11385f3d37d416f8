// A request and a reply as handlers see them, independent of the HTTP library.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/span.hpp"
#include "server/http/body_sink.hpp"

namespace bigocean::server::http {

/// Names and values in the order of arrival.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first header of that name, ignoring case; nothing when there is none.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct Request {
  std::string method;
  std::string path;   ///< as normalize_path() returns it, without query
  std::string query;  ///< the part after the question mark, as sent
  Headers headers;
  std::string body;
  std::string id{};              ///< of this request, in all its log lines
  std::string client_address{};  ///< numeric; the client's own where a trusted proxy names it
  std::string client{};          ///< the owner of the address, "2001:db8::/64"; empty where many share it
  bool http_1_1 = true;          ///< else 1.0, which has no chunks
  base::ActiveTrace trace{};     ///< which its handler works for; empty: none
};

/// Writes a body in pieces, on the handler's thread. An exception closes the connection, because the status
/// has been sent already.
using BodyWriter = std::function<void(BodySink&)>;

/// A piece that the event loop sends when a body in pieces has been silent for a while, so that proxies do
/// not close the connection. The writer need not know.
struct Filler {
  std::chrono::milliseconds after{0};  ///< 0: nothing is sent
  std::string piece{};
};

struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
  BodyWriter write_body{};  ///< replaces `body`, which is then sent while it is written
  Filler filler{};          ///< with write_body
  /// When to try again, where that is known. Every 429 and 503 has a Retry-After: one second if this is not
  /// set.
  std::optional<std::chrono::milliseconds> retry_after{};
};

/// Must be thread-safe. An exception becomes a 500 or 503 that reveals nothing about its cause to the client.
using Handler = std::function<Reply(const Request&)>;

/// Where a handler runs.
enum class Place {
  kWorker,   ///< one of a few threads: for work of milliseconds
  kWaiting,  ///< its own thread: for work that waits for another service, such as a model
  kLoop,     ///< the event loop, even while all threads are busy: only for work in memory
};

struct Route {
  std::string method;  ///< "GET" answers HEAD too
  std::string path;    ///< literal, except at most one segment in braces, which matches any: "/a/{id}/b"
  Handler handler;
  Place place = Place::kWorker;
  /// Completes every reply of this route before it is sent, including errors and overload. May run on the
  /// event loop; must not throw.
  std::function<void(const Request&, Reply&)> finish{};
  /// Called before the handler, on the event loop. A returned reply refuses the request.
  std::function<std::optional<Reply>(const Request&)> admit{};
};

/// Whether a request's path matches the route's.
bool matches_path(std::string_view route_path, std::string_view path);

/// The segment of a matching path that stands for the one in braces.
std::string_view path_parameter(std::string_view route_path, std::string_view path);

/// A reply as it goes to the socket.
struct Response {
  int status = 0;
  std::string bytes;
  BodyWriter write_body{};  ///< writes what follows `bytes`, if set
  Filler filler{};          ///< its piece is framed as the body is
};

/// An error reply: application/problem+json (RFC 9457) with title, status and detail, and the reason phrase
/// in one word as `_tag`: "NotFound".
Reply problem(int status, std::string_view detail);

/// 503 with Retry-After, for overload.
Reply busy(std::string_view detail);

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::chrono::system_clock::time_point time);

/// The reason phrase of the statuses that this service sends.
std::string_view reason_phrase(int status);

/// The head of a reply whose body is written later. `framing` is the header that frames the body, with its
/// CRLF; empty when the end of the connection ends the body.
std::string head_bytes(const Reply& reply, std::string_view framing);

/// A piece of a body as a chunk (RFC 9112, 7.1). `piece` must not be empty: an empty chunk ends the body.
std::string chunk(std::string_view piece);

/// A reply as bytes of HTTP/1.1, without a Connection header, which is decided when the reply is sent.
/// Without `with_body` (for HEAD) the body is left out, and its length is kept.
std::string to_bytes(const Reply& reply, bool with_body = true);

/// Adds "Connection: close" to a reply's bytes.
std::string with_close(std::string bytes);

}  // namespace bigocean::server::http
