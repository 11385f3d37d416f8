// What the event loop knows about one connection.
#pragma once

#include <memory>

#include "server/http/loop.hpp"

namespace bigocean::server::http {

struct Loop::Connection {
  Connection(std::uint64_t id_in, Descriptor socket_in, std::string peer_in, const Parser::Limits& limits)
      : id(id_in), socket(std::move(socket_in)), peer(std::move(peer_in)), intake(limits) {}

  ~Connection() {
    if (window) window->client_gone();
  }
  Connection(const Connection&) = delete;

  const std::uint64_t id;
  Descriptor socket;
  const std::string peer;  ///< numeric address
  Intake intake;
  Phase phase = Phase::kReading;
  std::shared_ptr<const Request> request;  ///< from its arrival to its reply
  Match match;                             ///< of `request`
  Clock::time_point arrived;               ///< when `request` was complete
  std::string out;
  std::size_t out_sent = 0;
  std::shared_ptr<SendWindow> window;  ///< while the body comes in pieces
  Filler filler;                       ///< likewise
  int status = 0;                      ///< of that reply
  std::size_t reply_bytes = 0;         ///< of it, so far
  bool readable = false;               ///< edge-triggered: stays true until a read finds nothing
  bool writable = true;                ///< likewise
  bool close_after = false;            ///< once `out` is sent
  bool gone = false;                   ///< closed: to be forgotten by the caller of drive()
  Clock::time_point deadline = Clock::time_point::max();
  Intake::State timed_state = Intake::State::kEmpty;  ///< for which the deadline was set
  std::list<std::uint64_t>::iterator idle_place;
  bool idle = false;
  std::list<std::uint64_t>::iterator extra_place;
  bool extra = false;  ///< beyond connections_max: for one request that the loop answers
};

}  // namespace bigocean::server::http
