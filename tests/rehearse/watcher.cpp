// Repeats one action on a thread of its own, measures its time, and keeps the failures.
#include "tests/rehearse/watcher.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace bigocean::rehearse {

using SteadyClock = std::chrono::steady_clock;

Watcher::Watcher(std::string name, const Stopwatch& stopwatch, std::chrono::milliseconds period,
                 std::function<void()> act)
    : name_(std::move(name)), stopwatch_(stopwatch), period_(period), act_(std::move(act)), thread_([this] {
        work();
      }) {}

Watcher::~Watcher() { stop(); }

Observed Watcher::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  return std::exchange(observed_, {});
}

void Watcher::work() {
  auto next = SteadyClock::now();
  while (true) {
    const double began = stopwatch_.now();
    try {
      act_();
      observed_.samples.push_back({began, (stopwatch_.now() - began) * 1000});
    } catch (const std::exception& error) {
      const std::string text = error.what();
      observed_.faults.push_back({began, name_ + ": " + text.substr(0, text.find('\n'))});
    }
    next = std::max(next + period_, SteadyClock::now());
    std::unique_lock lock(mutex_);
    if (wake_.wait_until(lock, next, [this] { return stopping_; })) return;
  }
}

}  // namespace bigocean::rehearse
