// The way of one connection: read, hand over, write, read again or close.
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "server/http/correlation.hpp"
#include "server/http/loop.hpp"
#include "server/http/loop_state.hpp"

namespace bigocean::server::http {
namespace {

using std::chrono::milliseconds;

/// Steps of one connection before the others have their turn.
constexpr int kStepsPerRound = 64;
/// After a reply to a client that may still be sending: closing at once would reset the connection and could
/// destroy the reply on its way.
constexpr milliseconds kLingerTimeout{1000};

}  // namespace

void Loop::drive(Connection& connection) {
  for (int step = 0; step < kStepsPerRound; ++step) {
    bool more = false;
    switch (connection.phase) {
      case Phase::kReading:
        if (connection.intake.state() == Intake::State::kReady) {
          more = start_request(connection);
        } else if (connection.intake.state() == Intake::State::kRefused) {
          refuse(connection, connection.intake.refusal().status, connection.intake.refusal().detail);
          more = true;
        } else {
          more = read_some(connection);
        }
        break;
      case Phase::kHandling:
        break;
      case Phase::kStreaming:
        more = stream_some(connection);
        break;
      case Phase::kWriting:
        more = write_some(connection);
        break;
      case Phase::kLingering:
        more = linger(connection);
        break;
    }
    if (connection.gone) return;
    if (!more) return settle(connection);
  }
  settle(connection);
  again_.push_back(connection.id);
}

/// Returns whether there is more to do at once.
bool Loop::read_some(Connection& connection) {
  if (!connection.readable) return false;
  std::array<char, 16384> buffer;
  const auto count = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
  if (count < 0 && errno == EINTR) return true;
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    connection.readable = false;
    return false;
  }
  if (count <= 0) {
    close(connection);
    return false;
  }
  set_idle(connection, false);
  connection.intake.feed({buffer.data(), static_cast<std::size_t>(count)});
  send_continue(connection);
  return true;
}

/// All replies before it have been handed to the socket; a client that has left no room for these few bytes
/// is not waiting for them.
void Loop::send_continue(Connection& connection) {
  if (!connection.intake.take_continue()) return;
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  ::send(connection.socket.get(), kContinue.data(), kContinue.size(), MSG_NOSIGNAL);
}

bool Loop::start_request(Connection& connection) {
  connection.close_after = connection.extra || !connection.intake.head().keep_alive;
  connection.arrived = last_request_ = Clock::now();
  auto request = std::make_shared<Request>(connection.intake.take_request());
  request->id = request_id(request->headers);
  const auto& proxies = partners_.proxies;
  request->client_address = proxies.client_of(connection.peer, request->headers);
  if (proxies.is_one_client(request->client_address, connection.peer, request->headers))
    request->client = owner_of(request->client_address);
  warn_of_ignored(connection, *request);
  warn_of_contradiction(connection, *request);
  connection.request = request;
  connection.match = partners_.router.find(*request);
  if (connection.match.place == Place::kLoop) {
    reply(connection, partners_.router.respond(connection.match, *request));
    return true;
  }
  auto refusal = connection.extra ? std::optional(busy("too many connections")) : std::nullopt;
  if (!refusal && connection.match.route->admit) refusal = connection.match.route->admit(*request);
  if (!refusal) refusal = hand_over(connection, request);
  if (refusal) {
    reply(connection, partners_.router.refuse(connection.match, *request, std::move(*refusal)));
    return true;
  }
  connection.phase = Phase::kHandling;
  connection.deadline = Clock::time_point::max();
  return false;
}

/// Once: a proxy that is not known as one makes all its clients count as one, which shows nowhere else.
void Loop::warn_of_ignored(const Connection& connection, const Request& request) {
  if (warned_of_ignored_ || !partners_.proxies.ignores(connection.peer, request.headers)) return;
  warned_of_ignored_ = true;
  partners_.log.warn(
      "forwarding headers from a private address that is not trusted are ignored: all clients behind it "
      "count as one",
      {{"peer", connection.peer},
       {"hint",
        "if it is your proxy, set server.trusted_proxies or, for a platform's edge, server.edge_network"}});
}

/// Once, too: who passes X-Real-IP on as it came lets each client choose its address.
void Loop::warn_of_contradiction(const Connection& connection, const Request& request) {
  if (warned_of_contradiction_ || !partners_.proxies.contradicts(connection.peer, request.headers)) return;
  warned_of_contradiction_ = true;
  partners_.log.warn(
      "a trusted proxy names two clients, in X-Real-IP and in X-Forwarded-For: one may be the client's own "
      "word",
      {{"peer", connection.peer},
       {"believed", "X-Real-IP"},
       {"hint", "set server.client_address_header to the header that the proxy writes itself"}});
}

void Loop::refuse(Connection& connection, int status, std::string_view detail) {
  connection.close_after = true;
  connection.arrived = now_;
  const auto request = std::make_shared<Request>(connection.intake.known());
  request->id = request_id(request->headers);
  request->client_address = partners_.proxies.client_of(connection.peer, request->headers);
  connection.request = request;
  reply(connection, partners_.router.refuse({}, *request, problem(status, detail)));
}

void Loop::notify_observer(const Connection& connection, int status, std::size_t reply_bytes) const {
  Exchange exchange;
  exchange.request = connection.request.get();
  exchange.route = connection.match.route != nullptr ? std::string_view(connection.match.route->path) : "";
  exchange.quick = connection.match.place == Place::kLoop;
  exchange.client = connection.request ? connection.request->client_address : connection.peer;
  exchange.status = status;
  exchange.reply_bytes = reply_bytes;
  exchange.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - connection.arrived);
  partners_.observer.answered(exchange);
}

void Loop::reply(Connection& connection, Response response) {
  notify_observer(connection, response.status, response.bytes.size());
  connection.close_after = connection.close_after || draining_;
  connection.out = connection.close_after ? with_close(std::move(response.bytes)) : std::move(response.bytes);
  connection.out_sent = 0;
  connection.phase = Phase::kWriting;
  set_deadline(connection, limits_.body_timeout);
}

/// Sends what the socket takes. Returns whether it may take more at once.
bool Loop::flush(Connection& connection) {
  if (!connection.writable) return false;
  const auto rest = std::string_view(connection.out).substr(connection.out_sent);
  const auto count = ::send(connection.socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
  if (count < 0 && errno == EINTR) return true;
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    connection.writable = false;
    return false;
  }
  if (count < 0) {
    close(connection);
    return false;
  }
  connection.out_sent += static_cast<std::size_t>(count);
  if (connection.window) connection.window->sent(static_cast<std::size_t>(count));
  if (connection.out_sent == connection.out.size()) {
    connection.out = {};
    connection.out_sent = 0;
  }
  return true;
}

/// A body that comes in pieces: between two of them nothing is due but the filler of a silence.
bool Loop::stream_some(Connection& connection) {
  if (connection.out.empty()) return false;
  if (!flush(connection)) return false;
  if (!connection.out.empty()) {
    set_deadline(connection, limits_.body_timeout);
  } else if (connection.filler.after.count() > 0) {
    set_deadline(connection, connection.filler.after);
  } else {
    connection.deadline = Clock::time_point::max();
  }
  return true;
}

bool Loop::write_some(Connection& connection) {
  if (!connection.out.empty()) return flush(connection);
  connection.request.reset();
  connection.match = {};
  if (!connection.close_after) {
    connection.phase = Phase::kReading;
    connection.timed_state = Intake::State::kReady;  // so that the next state gets a deadline of its own
    connection.intake.next();
    send_continue(connection);
    return true;
  }
  ::shutdown(connection.socket.get(), SHUT_WR);
  connection.phase = Phase::kLingering;
  set_deadline(connection, kLingerTimeout);
  return true;
}

/// Reads and forgets until the client closes its side, too.
bool Loop::linger(Connection& connection) {
  if (!connection.readable) return false;
  std::array<char, 16384> buffer;
  const auto count = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
  if (count > 0 || (count < 0 && errno == EINTR)) return true;
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    connection.readable = false;
  } else {
    close(connection);
  }
  return false;
}

/// A connection that waits for its client gets the deadline of what it waits for.
void Loop::settle(Connection& connection) {
  if (connection.phase != Phase::kReading) return;
  const auto state = connection.intake.state();
  if (state == Intake::State::kEmpty) set_idle(connection, true);
  if (state == connection.timed_state) return;
  connection.timed_state = state;
  switch (state) {
    case Intake::State::kEmpty:
      set_deadline(connection, limits_.keep_alive_timeout);
      break;
    case Intake::State::kHead:
      set_deadline(connection, limits_.head_timeout);
      break;
    case Intake::State::kBody:
      set_deadline(connection, limits_.body_timeout);
      break;
    case Intake::State::kReady:
    case Intake::State::kRefused:
      break;
  }
}

void Loop::set_idle(Connection& connection, bool idle) {
  if (connection.idle == idle || connection.extra) return;
  connection.idle = idle;
  if (idle) {
    connection.idle_place = idle_.insert(idle_.end(), connection.id);
  } else {
    idle_.erase(connection.idle_place);
  }
}

void Loop::set_deadline(Connection& connection, milliseconds from_now) {
  connection.deadline = now_ + from_now;
  next_expiry_ = std::min(next_expiry_, connection.deadline);
}

/// A body that ends before its end. HTTP/1.1 shows that by the missing last chunk; 1.0 only by a reset.
void Loop::break_off(Connection& connection, int status) {
  notify_observer(connection, status, connection.reply_bytes);
  connection.phase = Phase::kLingering;
  if (!connection.request->http_1_1) {
    const struct linger reset { 1, 0 };
    ::setsockopt(connection.socket.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  close(connection);
}

void Loop::close(Connection& connection) {
  // Not by us: the client has left, or takes nothing any more.
  if (connection.phase == Phase::kStreaming) return break_off(connection, kClientLeft);
  set_idle(connection, false);
  if (std::exchange(connection.extra, false)) extra_.erase(connection.extra_place);
  connection.gone = true;
  if (connection.window) connection.window->client_gone();
  connection.socket = Descriptor();
  const auto found = connections_of_.find(connection.peer);
  if (found != connections_of_.end() && --found->second == 0) connections_of_.erase(found);
}

}  // namespace bigocean::server::http
