// Sends error reports to Sentry from a thread of its own.
#include "server/observe/error_reporter.hpp"

#include <utility>

#include "base/signal_stack.hpp"
#include "config/sentry_dsn.hpp"

namespace bigocean::server::observe {

ErrorReporter::ErrorReporter(const config::Settings& settings, base::Logger& log)
    : secrets_(config::secrets_of(settings)),
      origin_(origin_of(settings)),
      queue_max_(static_cast<std::size_t>(settings.sentry.queue_max)),
      log_(log),
      sentry_(config::parse_sentry_dsn(settings.sentry.dsn), settings.sentry.timeout),
      thread_([this] { work(); }) {}

ErrorReporter::~ErrorReporter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void ErrorReporter::report(Event event) {
  {
    const std::lock_guard lock(mutex_);
    if (is_left_out(event.failure, Clock::now())) return;
    if (queue_.size() >= queue_max_) {
      ++dropped_;
      return;
    }
    queue_.push_back(std::move(event));
  }
  wake_.notify_one();
}

bool ErrorReporter::is_left_out(Failure& failure, Clock::time_point now) {
  if (failure.group.empty()) return false;
  const auto [found, is_first] = groups_.try_emplace(failure.group, Group{now});
  Group& group = found->second;
  if (!is_first && now - group.reported < kGroupPeriod) {
    ++group.left_out;
    return true;
  }
  if (group.left_out > 0) failure.tags.emplace_back("left_out", std::to_string(group.left_out));
  group = {now};
  return false;
}

bool ErrorReporter::flush(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  const bool all = drained_.wait_until(lock, deadline, [this] { return queue_.empty() && !sending_; });
  undelivered_ += static_cast<long long>(queue_.size()) + (sending_ ? 1 : 0);
  if (!all && fault_.empty()) fault_ = "the process ended before Sentry answered";
  queue_.clear();
  tell_losses(Clock::now(), true);
  return all;
}

void ErrorReporter::work() {
  const base::SignalStack stack;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const Event event = std::move(queue_.front());
    queue_.pop_front();
    sending_ = true;
    lock.unlock();
    const auto envelope = make_envelope(event, origin_, secrets_, std::chrono::system_clock::now());
    const auto sent = sentry_.send(envelope, Clock::time_point::max());
    lock.lock();
    sending_ = false;
    settle(event, sent);
    if (queue_.empty()) drained_.notify_all();
  }
}

void ErrorReporter::settle(const Event& event, const Sentry::Sent& sent) {
  using Outcome = Sentry::Outcome;
  if (sent.outcome == Outcome::kLimited) ++limited_;
  if (sent.outcome == Outcome::kRefused || sent.outcome == Outcome::kUndelivered) {
    ++undelivered_;
    fault_ = sent.fault;
  }
  if (event.settled && sent.outcome != Outcome::kUndelivered) event.settled();
  tell_losses(Clock::now(), false);
}

void ErrorReporter::tell_losses(Clock::time_point now, bool at_once) {
  if (dropped_ + limited_ + undelivered_ == 0) return;
  if (!at_once && now - told_ < kTellPeriod) return;
  told_ = now;
  log_.warn("error reports were lost", {{"queue_full", std::exchange(dropped_, 0)},
                                        {"rate_limited", std::exchange(limited_, 0)},
                                        {"undelivered", std::exchange(undelivered_, 0)},
                                        {"reason", std::string_view(fault_)}});
  fault_.clear();
}

std::string report_now(const config::Settings& settings, Event event) {
  const auto secrets = config::secrets_of(settings);
  const auto envelope = make_envelope(event, origin_of(settings), secrets, std::chrono::system_clock::now());
  Sentry sentry(config::parse_sentry_dsn(settings.sentry.dsn), settings.sentry.timeout);
  return sentry.send(envelope, Sentry::Clock::time_point::max()).fault;
}

}  // namespace bigocean::server::observe
