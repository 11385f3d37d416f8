// Background threads.
#include "server/service/background.hpp"

#include "base/error.hpp"
#include "base/signal_stack.hpp"
#include "config/secret.hpp"

namespace bigocean::server {

Background::Background(std::string name, std::size_t threads, std::chrono::milliseconds period,
                       std::function<bool()> work, base::Logger& log, FailureHook on_failure)
    : name_(std::move(name)),
      period_(period),
      work_(std::move(work)),
      log_(log),
      on_failure_(std::move(on_failure)) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Background::~Background() {
  stop();
  for (auto& thread : threads_) thread.join();
}

void Background::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  changed_.notify_one();
}

void Background::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

void Background::run() {
  const base::SignalStack stack;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto seen = wakes_;
    lock.unlock();
    const bool found = attempt();
    lock.lock();
    if (!found) changed_.wait_for(lock, period_, [&] { return stopping_ || wakes_ != seen; });
  }
}

/// Also false after a failure, which may last for a while.
bool Background::attempt() {
  try {
    const bool found = work_();
    const std::lock_guard lock(mutex_);
    if (std::exchange(failing_, false)) log_.info("works again", {{"task", std::string_view(name_)}});
    return found;
  } catch (const std::exception& error) {
    const std::lock_guard lock(mutex_);
    if (stopping_ || std::exchange(failing_, true)) return false;
    log_.warn("does not work", {{"task", std::string_view(name_)},
                                {"reason", std::string_view(config::redact_urls(error.what()))}});
    if (on_failure_ && prospect_of(error).is_news) {
      auto failure = failure_of(error);
      failure.place = name_;
      on_failure_(std::move(failure));
    }
    return false;
  }
}

}  // namespace bigocean::server
