// Rounds of the event loop: what has happened, whose turn it is, who comes and who goes.
#include "server/http/loop.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace bigocean::server::http {
namespace {

using std::chrono::milliseconds;

// What an event is about; connections have numbers from kFirstConnection on.
constexpr std::uint64_t kListener = 0;
constexpr std::uint64_t kStop = 1;
constexpr std::uint64_t kCompletion = 2;
constexpr std::uint64_t kFirstConnection = 16;

constexpr int kAcceptsPerRound = 256;
/// How long acceptance rests when the process has no descriptor left.
constexpr milliseconds kAcceptPause{100};

}  // namespace

Loop::Loop(Listener listener, const LoopLimits& limits, const LoopPartners& partners)
    : partners_(partners),
      acceptor_(std::move(listener)),
      deadlines_(Deadlines::Clock::now()),
      drain_(limits.drain_quiet),
      seats_({.max = limits.connections_max, .per_client_max = limits.connections_per_client_max},
             partners.proxies),
      requests_({.handling_max = limits.requests_max,
                 .waiting_max = limits.waiting_max,
                 .per_client_percent_max = limits.requests_per_client_percent_max}),
      warnings_(partners.proxies, partners.log),
      handlers_(partners.router,
                {.workers = static_cast<std::size_t>(limits.workers), .waiting_max = limits.waiting_max}),
      shared_{.limits = {.intake = limits.intake,
                         .head_timeout = limits.head_timeout,
                         .body_timeout = limits.body_timeout,
                         .keep_alive_timeout = limits.keep_alive_timeout},
              .router = partners.router,
              .proxies = partners.proxies,
              .observer = partners.observer,
              .warnings = warnings_,
              .deadlines = deadlines_,
              .drain = drain_,
              .connections = seats_,
              .requests = requests_,
              .handlers = handlers_},
      next_id_(kFirstConnection) {
  poller_.watch(handlers_.fd(), kCompletion);
  poller_.watch(acceptor_.fd(), kListener);
}

Loop::~Loop() = default;

std::size_t Loop::run(int stop_fd, milliseconds drain_timeout, const Calls& calls) {
  poller_.watch(stop_fd, kStop);
  while (!stop_requested_) serve_round(Deadlines::kNever);
  if (calls.on_stop) calls.on_stop();
  // Readable for good from here on: it would wake the loop without end.
  poller_.forget(stop_fd);
  drain_.begin(Drain::Clock::now(), drain_timeout);
  while (!drain_.has_run_out(Drain::Clock::now())) {
    const bool quiet = drain_.is_quiet(Drain::Clock::now());
    if (quiet && drain_.take_closing_of_idle()) close_idle();
    if (quiet && in_flight() == 0) break;
    if (drain_.take_last_call(Drain::Clock::now()) && calls.on_last_call) calls.on_last_call();
    serve_round(drain_.next_look(quiet));
  }
  const auto cut = in_flight();
  connections_.clear();
  acceptor_.close();
  return cut;
}

/// Requests that are still owed something, or whose handlers still run although their client has left.
std::size_t Loop::in_flight() const {
  const auto owed = std::count_if(connections_.begin(), connections_.end(),
                                  [](const auto& one) { return one.second->is_in_flight(); });
  return std::max(static_cast<std::size_t>(owed), requests_.handling() + requests_.waiting());
}

/// Waits for something to happen, at most until this time or the next deadline, and sees to all of it.
void Loop::serve_round(Time until) {
  until = again_.empty() ? std::min({until, deadlines_.next(), accept_again_}) : Time{};
  const auto events = poller_.wait(until);
  deadlines_.advance(Deadlines::Clock::now());
  const auto unfinished = std::exchange(again_, {});
  for (const auto& event : events) dispatch(event);
  for (const auto id : unfinished) {
    const auto found = connections_.find(id);
    if (found != connections_.end()) drive(*found->second);
  }
  expire();
  update_gauges();
}

void Loop::dispatch(const Poller::Event& event) {
  switch (event.about) {
    case kListener:
      return accept_all();
    case kStop:
      stop_requested_ = true;
      return;
    case kCompletion:
      return take_completions();
    default:
      break;
  }
  const auto found = connections_.find(event.about);
  if (found == connections_.end()) return;
  found->second->wake(event.readable, event.writable);
  drive(*found->second);
}

/// Afterwards the connection may be no more.
void Loop::drive(Connection& connection) {
  if (!connection.is_gone() && connection.drive()) again_.push_back(connection.id());
  if (connection.is_gone()) connections_.erase(connection.id());
}

void Loop::take_completions() {
  for (auto& completion : handlers_.take()) {
    // The handler has ended, whether or not its client is still there.
    if (completion.ticket) requests_.give_back(*completion.ticket);
    const auto found = connections_.find(completion.connection);
    if (found == connections_.end()) {
      if (completion.window) completion.window->client_gone();
      continue;
    }
    found->second->complete(std::move(completion));
    drive(*found->second);
  }
}

void Loop::expire() {
  if (accept_again_ <= deadlines_.now()) {
    accept_again_ = Deadlines::kNever;
    poller_.watch(acceptor_.fd(), kListener);
  }
  for (const auto id : deadlines_.take_expired()) {
    Connection& connection = *connections_.at(id);
    connection.time_is_up();
    drive(connection);
  }
}

void Loop::update_gauges() {
  partners_.gauges.connections = connections_.size();
  partners_.gauges.idle = seats_.idle_count();
  partners_.gauges.handling = requests_.handling();
  partners_.gauges.waiting = requests_.waiting();
}

void Loop::accept_all() {
  for (int i = 0; i < kAcceptsPerRound; ++i) {
    auto accepted = acceptor_.accept();
    switch (accepted.outcome) {
      case Acceptor::Outcome::kTaken:
        accept_one(std::move(accepted.socket), std::move(accepted.peer));
        break;
      case Acceptor::Outcome::kLost:
        break;
      case Acceptor::Outcome::kNone:
        return;
      case Acceptor::Outcome::kNoDescriptor:
        if (close_longest_idle()) break;
        partners_.log.error("no descriptor left for a new connection",
                            {{"connections", static_cast<long long>(connections_.size())}});
        acceptor_.turn_away(refusal("too many open files"));
        poller_.forget(acceptor_.fd());
        accept_again_ = deadlines_.now() + kAcceptPause;
        return;
    }
  }
}

/// The longest idle connection may have to go for it, or an extra one.
void Loop::accept_one(Descriptor socket, std::string peer) {
  if (!seats_.lets_in(peer)) return send_or_lose(socket.get(), refusal("too many connections"));
  if (seats_.is_full()) close_longest_idle();
  if (const auto oldest = seats_.displaced()) close(*oldest);
  const auto id = next_id_++;
  const auto& connection =
      *connections_.emplace(id, std::make_unique<Connection>(id, std::move(socket), std::move(peer), shared_))
           .first->second;
  // Data that has already arrived is reported at once.
  if (poller_.watch_edges(connection.fd(), id)) return;
  partners_.log.error("a new connection cannot be watched",
                      {{"error", std::string_view(std::strerror(errno))}});
  close(id);
}

/// Closes the connection that has been idle longest. A request may have arrived since the last look, which is
/// served. Returns false when none is idle.
bool Loop::close_longest_idle() {
  auto looks = seats_.idle_count();
  for (auto id = seats_.longest_idle(); id; id = seats_.longest_idle()) {
    Connection& connection = *connections_.at(*id);
    connection.wake(true, false);
    if (connection.drive()) again_.push_back(*id);
    // One that was served has become the latest; were all of them, the last one looked at has to go.
    if (connection.is_idle() && (seats_.longest_idle() == id || looks <= 1)) connection.close();
    --looks;
    if (!connection.is_gone()) continue;
    connections_.erase(*id);
    return true;
  }
  return false;
}

void Loop::close_idle() {
  for (const auto id : seats_.all_idle()) {
    // A request may have arrived since the last look; it is served.
    Connection& connection = *connections_.at(id);
    connection.wake(true, false);
    if (connection.drive()) again_.push_back(id);
    if (connection.is_idle()) connection.close();
    if (connection.is_gone()) connections_.erase(id);
  }
}

void Loop::close(std::uint64_t id) {
  const auto found = connections_.find(id);
  found->second->close();
  connections_.erase(found);
}

std::string Loop::refusal(std::string_view detail) const {
  return with_close(partners_.router.refuse({}, {}, busy(detail)).bytes);
}

}  // namespace bigocean::server::http
