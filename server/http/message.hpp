// A request and a reply as handlers see them, free of the HTTP library.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/body_sink.hpp"

namespace bigocean::server::http {

/// Names and values in the order of arrival.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first of that name, whatever its case; nothing when there is none.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct Request {
  std::string method;
  std::string path;   ///< as normalize_path() has it, without query
  std::string query;  ///< behind the question mark, as sent
  Headers headers;
  std::string body;
  std::string id{};              ///< ties the log lines about this request together
  std::string client_address{};  ///< numeric; the client's own where a trusted proxy names it
  std::string client{};          ///< whom the address stands for, "2001:db8::/64"; empty where it is many
  bool http_1_1 = true;          ///< else 1.0, which knows no chunks
};

/// Writes a body in pieces, on the handler's thread. What it throws breaks the connection off, since the
/// status is gone already.
using BodyWriter = std::function<void(BodySink&)>;

/// What is sent whenever a body in pieces has been silent for a while, so that nobody between takes the
/// connection for dead. The event loop does it: the writer need not know.
struct Filler {
  std::chrono::milliseconds after{0};  ///< 0: nothing is sent
  std::string piece{};
};

struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
  BodyWriter write_body{};  ///< takes the place of `body`: it is sent as it is written
  Filler filler{};          ///< with write_body
  /// When to try again, where that is known. Every 429 and 503 has a Retry-After: without this, one second.
  std::optional<std::chrono::milliseconds> retry_after{};
};

/// Must be thread-safe. A base::Error or any other exception becomes a 500 or 503 that tells the client
/// nothing of the inside.
using Handler = std::function<Reply(const Request&)>;

/// Where a handler runs.
enum class Place {
  kWorker,   ///< one of a few threads: for work of milliseconds
  kWaiting,  ///< a thread of its own: for work that waits for somebody else, such as a model
  kLoop,     ///< the event loop, so also while all threads are busy: only for what touches nothing but memory
};

struct Route {
  std::string method;  ///< "GET" answers HEAD too
  std::string path;    ///< literal, but for at most one segment in braces, which stands for any: "/a/{id}/b"
  Handler handler;
  Place place = Place::kWorker;
  /// Completes every reply of this route before it is sent, those to failures and to overload too. May run on
  /// the event loop; must not throw.
  std::function<void(const Request&, Reply&)> finish{};
  /// Asked before the handler, on the event loop: a reply refuses the request.
  std::function<std::optional<Reply>(const Request&)> admit{};
};

/// Whether a request's path is one of the route's.
bool matches_path(std::string_view route_path, std::string_view path);

/// What stands in a matching path for the segment in braces.
std::string_view path_parameter(std::string_view route_path, std::string_view path);

/// A reply as it goes to the socket.
struct Response {
  int status = 0;
  std::string bytes;
  BodyWriter write_body{};  ///< what comes behind `bytes`, if anything
  Filler filler{};          ///< its piece framed as the body is
};

/// What every error looks like: application/problem+json (RFC 9457) with title, status and detail, and as
/// `_tag` the reason phrase in one word: "NotFound".
Reply problem(int status, std::string_view detail);

/// 503 with Retry-After: the service is full, and says so at once.
Reply busy(std::string_view detail);

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::chrono::system_clock::time_point time);

/// The reason phrase of the statuses that this service sends.
std::string_view reason_phrase(int status);

/// The head of a reply whose body is written later: `framing` is the header that tells where it ends, with
/// its CRLF; empty when the end of the connection does.
std::string head_bytes(const Reply& reply, std::string_view framing);

/// A piece of a body as a chunk (RFC 9112, 7.1); must not be empty, for that would end the body.
std::string chunk(std::string_view piece);

/// A reply as bytes of HTTP/1.1, without a Connection header: that is decided when it is sent. To HEAD the
/// body stays away, its length does not.
std::string to_bytes(const Reply& reply, bool with_body = true);

/// Puts "Connection: close" into a reply's bytes.
std::string with_close(std::string bytes);

}  // namespace bigocean::server::http
