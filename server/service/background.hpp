// Background threads that repeat a piece of work until there is none, then wait to be woken.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "server/http/failure.hpp"

namespace bigocean::server {

/// Owns its threads; the destructor stops and joins them. Thread-safe.
class Background {
 public:
  /// `work` returns whether it found something to do: then it is called again at once, else after `period` or
  /// wake(). An exception is logged, once for consecutive failures, and reported to `on_failure` unless a
  /// store is unreachable; the next call is then after `period`. `log` must outlive this.
  Background(std::string name, std::size_t threads, std::chrono::milliseconds period,
             std::function<bool()> work, base::Logger& log, FailureHook on_failure);
  ~Background();

  void wake();
  void stop();

 private:
  void run();
  bool attempt();

  const std::string name_;
  const std::chrono::milliseconds period_;
  const std::function<bool()> work_;
  base::Logger& log_;
  const FailureHook on_failure_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t wakes_ = 0;
  bool failing_ = false;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace bigocean::server
