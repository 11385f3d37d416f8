// Threads that run handlers: a fixed number, or as many as there are waiting requests.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace bigocean::server::http {

struct WorkerLimits {
  std::size_t threads_min;  ///< kept once they were started
  std::size_t threads_max;
  std::chrono::milliseconds idle_timeout{10'000};  ///< after which a thread beyond threads_min ends
};

/// Thread-safe. Starts a thread when no thread is idle. The caller bounds the queue.
class WorkerPool {
 public:
  explicit WorkerPool(const WorkerLimits& limits) : limits_(limits) {}
  /// Waits for running jobs; queued ones are dropped.
  ~WorkerPool();

  /// `job` must not throw. Returns false when there is no thread for it and none can be started.
  bool submit(std::function<void()> job);

  std::size_t threads();

 private:
  using Threads = std::list<std::thread>;

  bool start_thread();
  void work(Threads::iterator self);
  bool has_work() const { return stopping_ || !jobs_.empty(); }

  const WorkerLimits limits_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  Threads threads_;
  Threads ended_;  ///< to be joined by a later call
};

}  // namespace bigocean::server::http
