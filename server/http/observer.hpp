// What the event loop reports: finished exchanges, and its load.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "server/http/message.hpp"

namespace bigocean::server::http {

/// One request and its reply, when the reply, or the end of its body, is ready to be sent.
struct Exchange {
  const Request* request = nullptr;  ///< of a refused one: what is known of it
  std::string_view route;            ///< the route's path; empty when there is none
  bool quick = false;                ///< answered by the event loop itself
  std::string_view client;           ///< numeric address
  /// The status that was sent; for a body in pieces, the status that it ended with. kClientLeft: the client
  /// left before the end.
  int status = 0;
  std::size_t reply_bytes = 0;
  std::chrono::microseconds elapsed{};  ///< since the whole request had arrived
};

/// The status of an exchange whose client left before the end, as nginx numbers it.
constexpr int kClientLeft = 499;

/// Called on the event loop's thread; must not block.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A request, before it is answered; its trace may be set.
  virtual void arrived(Request&) {}
  virtual void answered(const Exchange& exchange) = 0;
};

/// Written by the loop, read by any thread.
struct LoopGauges {
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> idle{0};
  std::atomic<std::size_t> handling{0};  ///< requests that have a worker or queue for one
  std::atomic<std::size_t> waiting{0};   ///< requests that wait for another service, each on its own thread
};

}  // namespace bigocean::server::http
