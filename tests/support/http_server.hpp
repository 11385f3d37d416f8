// A server of cpp-httplib, for the HTTP peers that tests stand in for.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bigocean::test {

/// One request as it came.
struct ServedRequest {
  std::string method;
  std::string target;
  std::string head;  ///< request line and header lines, these in the order of their names
  std::string body;
  std::size_t connection = 0;  ///< counted from 1
  int socket = -1;             ///< of the connection: to wait on it, and for bytes that are no HTTP
};

/// Sends one piece of a body; false: the client has gone.
using SendPiece = std::function<bool(std::string_view)>;

struct ServedReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string content_type = "application/json";
  std::string body{};
  /// In place of `body`: one in chunks, as this sends them. It returns false to close without an end.
  std::function<bool(const SendPiece&)> pieces{};
  bool closes = false;  ///< the connection, behind the answer
};

/// Listens on a free port of 127.0.0.1 until it is stopped; a thread for each connection.
class HttpServer {
 public:
  /// Called on the connection's thread, whatever is asked with GET or POST.
  using Handler = std::function<ServedReply(const ServedRequest&)>;

  struct Options {
    int port = 0;  ///< 0: a free one
    bool keeps_alive = true;
  };

  explicit HttpServer(Handler handler) : HttpServer(std::move(handler), Options{}) {}
  HttpServer(Handler handler, Options options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// From now on nobody listens; connections are closed, and handlers that wait for their clients return.
  void stop();
  int port() const;
  std::size_t connections() const;  ///< opened so far
  std::size_t open() const;         ///< open now

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Waits so long; false as soon as the other side closes.
bool stays(int socket, std::chrono::milliseconds pause);

/// Waits until the other side closes.
void wait_for_end(int socket);

/// Sends bytes as they are; false: the client has gone.
bool send_raw(int socket, std::string_view bytes);

/// Ends the connection behind what was sent by hand: what the server would send behind that goes nowhere.
void hang_up(int socket);

}  // namespace bigocean::test
