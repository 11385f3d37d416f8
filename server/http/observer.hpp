// What the event loop tells about its work: finished exchanges, and how full it is.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "server/http/message.hpp"

namespace bigocean::server::http {

/// One request and its reply, at the moment when the reply, or the end of its body, is ready to be sent.
struct Exchange {
  const Request* request = nullptr;  ///< of one that was refused: what is known of it
  std::string_view route;            ///< the route's path; empty when there is none
  bool quick = false;                ///< answered by the event loop itself
  std::string_view client;           ///< numeric address
  /// What was sent, but for a body in pieces: that counts as how it ended. kClientLeft: nobody took the rest.
  int status = 0;
  std::size_t reply_bytes = 0;
  std::chrono::microseconds elapsed{};  ///< since the request had arrived in full
};

/// The status that an exchange counts as when its client left before the end; nginx's number.
constexpr int kClientLeft = 499;

/// Told on the event loop's thread: must not block.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void answered(const Exchange& exchange) = 0;
};

/// Written by the loop, read by anyone.
struct LoopGauges {
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> idle{0};
  std::atomic<std::size_t> handling{0};  ///< requests with a worker or in the queue before them
  std::atomic<std::size_t> waiting{0};   ///< requests that wait for somebody else, on a thread of their own
};

}  // namespace bigocean::server::http
