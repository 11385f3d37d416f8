// Steps of a connection, each as far as its socket lets it go.
#include "server/http/connection.hpp"

#include <array>
#include <utility>

#include "server/http/correlation.hpp"

namespace bigocean::server::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Steps of one connection before the others have their turn.
constexpr int kStepsPerRound = 64;
constexpr std::size_t kReadBytes = 16384;
/// After a reply to a client that may still be sending: closing at once would reset the connection and could
/// destroy the reply on its way.
constexpr milliseconds kLingerTimeout{1000};

}  // namespace

/// A proxy that is not known as one makes all its clients count as one, which shows nowhere else. Who passes
/// X-Real-IP on as it came lets each client choose its address.
void ProxyWarnings::look(const std::string& peer, const Headers& headers) {
  if (!warned_of_ignored_ && proxies_.ignores(peer, headers)) {
    warned_of_ignored_ = true;
    log_.warn(
        "forwarding headers from a private address that is not trusted are ignored: all clients behind it "
        "count as one",
        {{"peer", peer},
         {"hint",
          "if it is your proxy, set server.trusted_proxies or, for a platform's edge, server.edge_network"}});
  }
  if (!warned_of_contradiction_ && proxies_.contradicts(peer, headers)) {
    warned_of_contradiction_ = true;
    log_.warn(
        "a trusted proxy names two clients, in X-Real-IP and in X-Forwarded-For: one may be the client's own "
        "word",
        {{"peer", peer},
         {"believed", "X-Real-IP"},
         {"hint", "set server.client_address_header to the header that the proxy writes itself"}});
  }
}

Connection::Connection(std::uint64_t id, Descriptor socket, std::string peer, const Shared& shared)
    : id_(id),
      peer_(std::move(peer)),
      shared_(shared),
      socket_(std::move(socket)),
      seat_(shared.connections, id, peer_),
      deadline_(shared.deadlines, id),
      intake_(shared.limits.intake) {
  seat_.set_idle(true);
  deadline_.start(seat_.is_extra() ? shared.limits.head_timeout : shared.limits.keep_alive_timeout);
}

Connection::~Connection() {
  if (window_) window_->client_gone();
}

bool Connection::is_in_flight() const {
  const bool has_not_asked = seat_.is_idle() || (seat_.is_extra() && phase_ == Phase::kReading);
  return !has_not_asked && phase_ != Phase::kLingering;
}

bool Connection::drive() {
  for (int step = 0; step < kStepsPerRound; ++step) {
    bool more = false;
    switch (phase_) {
      case Phase::kReading:
        if (intake_.state() == Intake::State::kReady) {
          more = start_request();
        } else if (intake_.state() == Intake::State::kRefused) {
          refuse(intake_.refusal().status, intake_.refusal().detail);
          more = true;
        } else {
          more = read_some();
        }
        break;
      case Phase::kHandling:
        break;
      case Phase::kStreaming:
        more = stream_some();
        break;
      case Phase::kWriting:
        more = write_some();
        break;
      case Phase::kLingering:
        more = linger();
        break;
    }
    if (gone_) return false;
    if (!more) {
      settle();
      return false;
    }
  }
  settle();
  return true;
}

/// Returns whether there is more to do at once.
bool Connection::read_some() {
  std::array<char, kReadBytes> buffer;
  const auto got = socket_.read(buffer);
  if (got.outcome == Socket::Outcome::kLater) return false;
  if (got.outcome == Socket::Outcome::kOver) {
    close();
    return false;
  }
  seat_.set_idle(false);
  intake_.feed({buffer.data(), got.bytes});
  send_continue();
  return true;
}

/// All replies before it have been handed to the socket; a client that has left no room for these few bytes
/// is not waiting for them.
void Connection::send_continue() {
  if (intake_.take_continue()) socket_.write_or_lose("HTTP/1.1 100 Continue\r\n\r\n");
}

bool Connection::start_request() {
  close_after_ = seat_.is_extra() || !intake_.head().keep_alive;
  arrived_ = steady_clock::now();
  shared_.drain.note_request(arrived_);
  auto request = std::make_shared<Request>(intake_.take_request());
  request->id = request_id(request->headers);
  const auto& proxies = shared_.proxies;
  request->client_address = proxies.client_of(peer_, request->headers);
  if (proxies.is_one_client(request->client_address, peer_, request->headers))
    request->client = owner_of(request->client_address);
  shared_.warnings.look(peer_, request->headers);
  shared_.observer.arrived(*request);
  request_ = std::move(request);
  match_ = std::make_unique<Match>(shared_.router.find(*request_));
  if (match_->place == Place::kLoop) {
    reply(shared_.router.respond(*match_, *request_));
    return true;
  }
  auto refusal = seat_.is_extra() ? std::optional(busy("too many connections")) : std::nullopt;
  if (!refusal && match_->route->admit) refusal = match_->route->admit(*request_);
  if (!refusal) refusal = hand_over();
  if (refusal) {
    reply(shared_.router.refuse(*match_, *request_, std::move(*refusal)));
    return true;
  }
  phase_ = Phase::kHandling;
  deadline_.stop();
  return false;
}

/// Nothing when a thread or a place in the queue has been found; else why not.
std::optional<Reply> Connection::hand_over() {
  auto admitted = shared_.requests.admit(match_->place, request_->client);
  if (auto* refusal = std::get_if<Reply>(&admitted)) return std::move(*refusal);
  const auto& ticket = std::get<RequestCapacity::Ticket>(admitted);
  if (shared_.handlers.start(id_, *match_, request_, ticket)) return std::nullopt;
  shared_.requests.give_back(ticket);
  return busy("too many requests at a time");
}

void Connection::refuse(int status, std::string_view detail) {
  close_after_ = true;
  arrived_ = shared_.deadlines.now();
  const auto request = std::make_shared<Request>(intake_.known());
  request->id = request_id(request->headers);
  request->client_address = shared_.proxies.client_of(peer_, request->headers);
  shared_.observer.arrived(*request);
  request_ = request;
  reply(shared_.router.refuse({}, *request, problem(status, detail)));
}

/// A connection that waits for its client gets the deadline of what it waits for.
void Connection::settle() {
  if (phase_ != Phase::kReading) return;
  const auto state = intake_.state();
  if (state == Intake::State::kEmpty) seat_.set_idle(true);
  if (state == timed_state_) return;
  timed_state_ = state;
  switch (state) {
    case Intake::State::kEmpty:
      deadline_.start(shared_.limits.keep_alive_timeout);
      break;
    case Intake::State::kHead:
      deadline_.start(shared_.limits.head_timeout);
      break;
    case Intake::State::kBody:
      deadline_.start(shared_.limits.body_timeout);
      break;
    case Intake::State::kReady:
    case Intake::State::kRefused:
      break;
  }
}

void Connection::reply(Response response) {
  notify_observer(response.status, response.bytes.size());
  close_after_ = close_after_ || shared_.drain.has_begun();
  out_ = close_after_ ? with_close(std::move(response.bytes)) : std::move(response.bytes);
  out_sent_ = 0;
  phase_ = Phase::kWriting;
  deadline_.start(shared_.limits.body_timeout);
}

void Connection::complete(Completion completion) {
  auto& response = completion.response;
  switch (completion.kind) {
    case Completion::Kind::kReply:
      return reply(std::move(response));
    case Completion::Kind::kHead:
      return begin_body(std::move(response), std::move(completion.window));
    case Completion::Kind::kPiece:
      return add_piece(response.bytes);
    case Completion::Kind::kEnd:
      add_piece(response.bytes);
      if (response.status != 0) status_ = response.status;
      return end_body();
    case Completion::Kind::kBroken:
      return break_off(response.status);
  }
}

void Connection::begin_body(Response head, std::shared_ptr<SendWindow> window) {
  window_ = std::move(window);
  status_ = head.status;
  reply_bytes_ = 0;
  filler_ = std::move(head.filler);
  phase_ = Phase::kStreaming;
  close_after_ = close_after_ || shared_.drain.has_begun() || !request_->http_1_1;
  add_piece(close_after_ ? with_close(std::move(head.bytes)) : head.bytes);
}

void Connection::add_piece(std::string_view piece) {
  if (out_.empty()) deadline_.start(shared_.limits.body_timeout);
  out_.erase(0, std::exchange(out_sent_, 0));
  out_.append(piece);
  reply_bytes_ += piece.size();
}

/// What is left is sent like any reply.
void Connection::end_body() {
  notify_observer(status_, reply_bytes_);
  window_.reset();
  phase_ = Phase::kWriting;
  deadline_.start(shared_.limits.body_timeout);
}

/// A body that ends before its end. HTTP/1.1 shows that by the missing last chunk; 1.0 only by a reset.
void Connection::break_off(int status) {
  notify_observer(status, reply_bytes_);
  phase_ = Phase::kLingering;
  if (!request_->http_1_1) socket_.reset_when_closed();
  close();
}

void Connection::notify_observer(int status, std::size_t reply_bytes) const {
  Exchange exchange;
  exchange.request = request_.get();
  exchange.route = match_ && match_->route != nullptr ? std::string_view(match_->route->path) : "";
  exchange.quick = !match_ || match_->place == Place::kLoop;  // a request that was refused has no match
  exchange.client = request_ ? request_->client_address : peer_;
  exchange.status = status;
  exchange.reply_bytes = reply_bytes;
  exchange.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - arrived_);
  shared_.observer.answered(exchange);
}

void Connection::time_is_up() {
  const bool half_sent = phase_ == Phase::kReading && !seat_.is_idle();
  if (half_sent) return refuse(408, "the request did not arrive in time");
  if (!fill_silence()) close();
}

/// Says something in a silence. Returns whether there is anything to say.
bool Connection::fill_silence() {
  if (phase_ != Phase::kStreaming || !out_.empty() || filler_.after.count() == 0) return false;
  window_->add(filler_.piece.size());
  add_piece(filler_.piece);
  return true;
}

/// Sends what the socket takes. Returns whether it may take more at once.
bool Connection::flush() {
  const auto sent = socket_.write(std::string_view(out_).substr(out_sent_));
  if (sent.outcome == Socket::Outcome::kLater) return false;
  if (sent.outcome == Socket::Outcome::kOver) {
    close();
    return false;
  }
  out_sent_ += sent.bytes;
  if (window_) window_->sent(sent.bytes);
  if (out_sent_ == out_.size()) {
    std::string().swap(out_);  // an assignment would keep the memory, for thousands that rest
    out_sent_ = 0;
  }
  return true;
}

/// A body that comes in pieces: between two of them nothing is due but the filler of a silence.
bool Connection::stream_some() {
  if (out_.empty()) return false;
  if (!flush()) return false;
  if (!out_.empty()) {
    deadline_.start(shared_.limits.body_timeout);
  } else if (filler_.after.count() > 0) {
    deadline_.start(filler_.after);
  } else {
    deadline_.stop();
  }
  return true;
}

bool Connection::write_some() {
  if (!out_.empty()) return flush();
  request_.reset();
  match_.reset();
  if (!close_after_) {
    phase_ = Phase::kReading;
    timed_state_ = Intake::State::kReady;  // so that the next state gets a deadline of its own
    intake_.next();
    send_continue();
    return true;
  }
  socket_.end_writing();
  phase_ = Phase::kLingering;
  deadline_.start(kLingerTimeout);
  return true;
}

/// Reads and forgets until the client closes its side, too.
bool Connection::linger() {
  std::array<char, kReadBytes> buffer;
  const auto got = socket_.read(buffer);
  if (got.outcome == Socket::Outcome::kOver) close();
  return got.outcome == Socket::Outcome::kMoved;
}

void Connection::close() {
  // Not by us: the client has left, or takes nothing any more.
  if (phase_ == Phase::kStreaming) return break_off(kClientLeft);
  gone_ = true;
  seat_.leave();
  deadline_.stop();
  if (window_) window_->client_gone();
  socket_.close();
}

}  // namespace bigocean::server::http
