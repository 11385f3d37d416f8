// The event loop: one thread owns every connection, workers only run handlers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/log.hpp"
#include "server/http/capacity.hpp"
#include "server/http/client_address.hpp"
#include "server/http/connection.hpp"
#include "server/http/deadlines.hpp"
#include "server/http/drain.hpp"
#include "server/http/handlers.hpp"
#include "server/http/observer.hpp"
#include "server/http/parser.hpp"
#include "server/http/router.hpp"
#include "server/http/transport.hpp"

namespace bigocean::server::http {

struct LoopLimits {
  Parser::Limits intake;
  std::size_t connections_max;
  std::size_t connections_per_client_max;  ///< of one address that is no trusted proxy; 0: no limit
  std::size_t requests_max;                ///< with a worker or queueing for one
  /// Of requests_max and of waiting_max, by one client: the rest is for the others.
  std::size_t requests_per_client_percent_max;
  int workers;
  std::size_t waiting_max;  ///< requests with a thread of their own
  std::chrono::milliseconds head_timeout;
  std::chrono::milliseconds
      body_timeout;  ///< also for a client that takes its reply slowly, or a piece of it
  std::chrono::milliseconds keep_alive_timeout;
  std::chrono::milliseconds drain_quiet{0};  ///< see run()
};

/// Whom the loop works with; all of it must outlive the loop.
struct LoopPartners {
  const Router& router;
  const TrustedProxies& proxies;
  Observer& observer;
  LoopGauges& gauges;
  base::Logger& log;
};

/// Connections wait in epoll (edge-triggered) whatever they do: idle, sending slowly, reading slowly. A
/// worker sees only whole requests and gives back whole replies, so no client can hold one; a body in pieces
/// holds its thread for as long as the client takes it. Routes of Place::kLoop are answered by the loop
/// itself, whatever else is full. At `connections_max`, or when the process has no descriptor left, the
/// longest idle connection makes room. When none is idle a few more are taken, for one request each that the
/// loop answers itself: /health always has an answer. Past that, and past the other limits, 503 with
/// Retry-After. Used by one thread, but for its gauges.
class Loop {
 public:
  /// Throws base::Error(kInternal) when no descriptors are left for it.
  Loop(Listener listener, const LoopLimits& limits, const LoopPartners& partners);
  /// Waits for the handlers that still run.
  ~Loop();

  /// What run() says on its way to the end; either may be empty.
  struct Calls {
    std::function<void()> on_stop;       ///< it begins to drain
    std::function<void()> on_last_call;  ///< the time to drain is nearly over, and requests are unfinished
  };

  /// Serves until `stop_fd` is readable, then calls `on_stop` and drains: every reply says "Connection:
  /// close", and it goes on until no request has come for `drain_quiet`, since whoever sends them may learn
  /// late that we end. Then idle connections are closed, and requests in flight (half-sent ones too) are
  /// finished. Shortly before `drain_timeout` has passed it calls `on_last_call`, once: who can end its
  /// request early has a quarter of the time, at most a second, to do so and to tell its client. Returns how
  /// many requests were cut because `drain_timeout` passed. To be called once.
  std::size_t run(int stop_fd, std::chrono::milliseconds drain_timeout, const Calls& calls);

 private:
  using Time = Deadlines::Time;

  // Rounds.
  void serve_round(Time until);
  void dispatch(const Poller::Event& event);
  void drive(Connection& connection);
  void take_completions();
  void expire();
  void update_gauges();

  // Connections come and go.
  void accept_all();
  void accept_one(Descriptor socket, std::string peer);
  bool close_longest_idle();
  void close_idle();
  void close(std::uint64_t id);
  std::string refusal(std::string_view detail) const;

  std::size_t in_flight() const;

  const LoopPartners partners_;
  Poller poller_;
  Acceptor acceptor_;
  Deadlines deadlines_;
  Drain drain_;
  ConnectionCapacity seats_;
  RequestCapacity requests_;
  ProxyWarnings warnings_;
  Handlers handlers_;
  const Connection::Shared shared_;
  // Below all that they share, so that they go first: their handlers may be waiting for them.
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<std::uint64_t> again_;  ///< had their share of this round and have more to do
  std::uint64_t next_id_;
  Time accept_again_ = Deadlines::kNever;  ///< when no descriptor was left
  bool stop_requested_ = false;
};

}  // namespace bigocean::server::http
