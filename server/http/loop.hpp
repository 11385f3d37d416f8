// The event loop: one thread owns every connection, workers only run handlers.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "server/http/client_address.hpp"
#include "server/http/intake.hpp"
#include "server/http/observer.hpp"
#include "server/http/router.hpp"
#include "server/http/transport.hpp"
#include "server/http/worker_pool.hpp"

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
/// Retry-After.
class Loop {
 public:
  Loop(Listener listener, LoopLimits limits, const LoopPartners& partners);
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
  /// many requests were cut because `drain_timeout` passed.
  std::size_t run(int stop_fd, std::chrono::milliseconds drain_timeout, const Calls& calls);

 private:
  using Clock = std::chrono::steady_clock;
  enum class Phase { kReading, kHandling, kStreaming, kWriting, kLingering };
  struct Connection;
  class Sink;
  /// What one client has of the handlers.
  struct Share {
    std::string client;
    std::size_t handling = 0;
    std::size_t waiting = 0;
  };
  using Shares = std::unordered_map<std::string, std::shared_ptr<Share>>;
  /// What a handler has for the loop: a whole reply, or one in pieces.
  struct Completion {
    enum class Kind { kReply, kHead, kPiece, kEnd, kBroken };
    std::uint64_t id;
    Kind kind;
    Place place;        ///< whose count of requests it ends
    Response response;  ///< with kEnd and kBroken its status is how the body ended; 0: as begun
    std::shared_ptr<SendWindow> window{};  ///< with kHead
    std::shared_ptr<Share> share{};        ///< with the last one; null where the client is not counted
  };

  // loop.cpp: events, acceptance, time, the drain.
  void wait_and_dispatch();
  int wait_milliseconds() const;
  void accept_all();
  void accept_one(Descriptor socket, const sockaddr_storage& peer);
  bool make_room(const std::string& peer);
  bool close_longest_idle();
  void turn_away();
  void update_gauges();
  void expire();
  void watch_listener(bool on);
  void begin_drain();
  Clock::time_point quiet_at() const;
  void close_idle();
  std::size_t in_flight() const;

  // loop_connection.cpp: the way of one connection.
  void drive(Connection& connection);
  bool read_some(Connection& connection);
  void send_continue(Connection& connection);
  bool start_request(Connection& connection);
  void warn_of_ignored(const Connection& connection, const Request& request);
  void warn_of_contradiction(const Connection& connection, const Request& request);
  void notify_observer(const Connection& connection, int status, std::size_t reply_bytes) const;
  void refuse(Connection& connection, int status, std::string_view detail);
  void reply(Connection& connection, Response response);
  bool flush(Connection& connection);
  bool stream_some(Connection& connection);
  bool write_some(Connection& connection);
  bool linger(Connection& connection);
  void settle(Connection& connection);
  void set_idle(Connection& connection, bool idle);
  void set_deadline(Connection& connection, std::chrono::milliseconds from_now);
  void break_off(Connection& connection, int status);
  void close(Connection& connection);

  // loop_handlers.cpp: threads that run handlers, and what they hand back.
  std::optional<Reply> hand_over(Connection& connection, const std::shared_ptr<const Request>& request);
  std::shared_ptr<Share> share_of(const Request& request);
  void run_handler(std::uint64_t id, const Match& match, const Request& request,
                   const std::shared_ptr<Share>& share);
  void end_request(const Completion& last);
  void post(Completion completion);
  void take_completions();
  void complete(Connection& connection, Completion completion);
  void begin_body(Connection& connection, Response head, std::shared_ptr<SendWindow> window);
  void add_piece(Connection& connection, std::string_view piece);
  bool fill_silence(Connection& connection);
  void end_body(Connection& connection);

  Listener listener_;
  const LoopLimits limits_;
  const LoopPartners partners_;
  Descriptor epoll_;
  Descriptor completion_event_;
  Descriptor spare_;  ///< given up for a moment to take a connection that is turned away

  Clock::time_point now_;
  Clock::time_point next_expiry_ = Clock::time_point::max();
  Clock::time_point accept_again_ = Clock::time_point::max();  ///< when no descriptor was left
  bool stop_requested_ = false;
  bool draining_ = false;
  bool warned_of_ignored_ = false;
  bool warned_of_contradiction_ = false;
  Clock::time_point last_request_{};  ///< when it was complete
  int stop_fd_ = -1;

  std::uint64_t next_id_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::list<std::uint64_t> idle_;                                ///< longest idle first
  std::list<std::uint64_t> extra_;                               ///< beyond connections_max; oldest first
  std::unordered_map<std::string, std::size_t> connections_of_;  ///< by peer; empty without a limit for it
  Shares shares_;                                                ///< of clients that have requests in work
  std::size_t handling_ = 0;                                     ///< requests of Place::kWorker
  std::size_t waiting_ = 0;                                      ///< requests of Place::kWaiting
  std::vector<std::uint64_t> again_;  ///< had their share of this round and have more to do

  std::mutex completions_mutex_;
  std::vector<Completion> completions_;
  bool ended_ = false;  ///< nobody takes completions any more
  // Last: their threads use what stands above.
  WorkerPool workers_;
  WorkerPool waiting_workers_;
};

}  // namespace bigocean::server::http
