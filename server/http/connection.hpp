// The way of one connection: read, hand over, write, read again or close.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.hpp"
#include "server/http/capacity.hpp"
#include "server/http/client_address.hpp"
#include "server/http/deadlines.hpp"
#include "server/http/drain.hpp"
#include "server/http/handlers.hpp"
#include "server/http/intake.hpp"
#include "server/http/observer.hpp"
#include "server/http/router.hpp"
#include "server/http/transport.hpp"

namespace bigocean::server::http {

/// Says once each what forwarding headers show of a wrong setting. Used by one thread.
class ProxyWarnings {
 public:
  /// Both must outlive it.
  ProxyWarnings(const TrustedProxies& proxies, base::Logger& log) : proxies_(proxies), log_(log) {}

  void look(const std::string& peer, const Headers& headers);

 private:
  const TrustedProxies& proxies_;
  base::Logger& log_;
  bool warned_of_ignored_ = false;
  bool warned_of_contradiction_ = false;
};

/// Reads requests, answers them or has them answered by a handler, and keeps the deadline of whatever it
/// waits for. It never blocks: when there is nothing to do it waits for wake(), complete() or time_is_up(),
/// each to be followed by drive(). Used by one thread, the event loop's.
class Connection {
 public:
  struct Limits {
    Parser::Limits intake;
    std::chrono::milliseconds head_timeout;
    std::chrono::milliseconds body_timeout;  ///< also for a client that takes its reply slowly, or a piece
    std::chrono::milliseconds keep_alive_timeout;
  };

  /// What all connections share.
  struct Shared {
    Limits limits;
    const Router& router;
    const TrustedProxies& proxies;
    Observer& observer;
    ProxyWarnings& warnings;
    Deadlines& deadlines;
    Drain& drain;
    ConnectionCapacity& connections;
    RequestCapacity& requests;
    Handlers& handlers;
  };

  /// Takes a seat: an ordinary connection begins as an idle one, an extra one has the time of a head for its
  /// only request. `id` is what completions and deadlines know it by, `peer` a numeric address. `shared` and
  /// what is in it must outlive it.
  Connection(std::uint64_t id, Descriptor socket, std::string peer, const Shared& shared);
  /// Without a word to the client; a handler that writes to it is told.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  std::uint64_t id() const { return id_; }
  int fd() const { return socket_.fd(); }
  bool is_idle() const { return seat_.is_idle(); }
  /// Closed: to be forgotten.
  bool is_gone() const { return gone_; }
  /// Whether its client is still owed something. One that only has to close its side is not.
  bool is_in_flight() const;

  /// Its socket may be readable or writable again.
  void wake(bool readable, bool writable) { socket_.wake(readable, writable); }
  /// Takes what its handler hands back.
  void complete(Completion completion);
  /// Its deadline has passed: half a request gets 408, a silent body its filler; others are closed.
  void time_is_up();
  /// Does what can be done at once. Returns true when it has had its share of this round and more to do.
  bool drive();
  void close();

 private:
  enum class Phase { kReading, kHandling, kStreaming, kWriting, kLingering };

  // Requests.
  bool read_some();
  void send_continue();
  bool start_request();
  std::optional<Reply> hand_over();
  void refuse(int status, std::string_view detail);
  void settle();

  // Replies.
  void reply(Response response);
  void begin_body(Response head, std::shared_ptr<SendWindow> window);
  void add_piece(std::string_view piece);
  bool fill_silence();
  void end_body();
  void break_off(int status);
  void notify_observer(int status, std::size_t reply_bytes) const;

  // The socket.
  bool flush();
  bool stream_some();
  bool write_some();
  bool linger();

  const std::uint64_t id_;
  const std::string peer_;
  const Shared& shared_;
  Socket socket_;
  ConnectionCapacity::Seat seat_;
  Deadlines::Timer deadline_;
  Intake::State timed_state_ = Intake::State::kEmpty;  ///< for which the deadline was set
  Phase phase_ = Phase::kReading;
  bool close_after_ = false;  ///< once `out_` is sent
  bool gone_ = false;

  Intake intake_;
  std::shared_ptr<const Request> request_;         ///< from its arrival to its reply
  std::unique_ptr<Match> match_;                   ///< of `request_`
  std::chrono::steady_clock::time_point arrived_;  ///< when `request_` was complete

  std::string out_;
  std::size_t out_sent_ = 0;
  std::shared_ptr<SendWindow> window_;  ///< while the body comes in pieces
  Filler filler_;                       ///< likewise
  int status_ = 0;                      ///< of that reply
  std::size_t reply_bytes_ = 0;         ///< of it, so far
};

}  // namespace bigocean::server::http
