// Threads that run handlers: a fixed few, or as many as there is waiting work.
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
  std::size_t threads_min;  ///< kept for good once they were needed
  std::size_t threads_max;
  std::chrono::milliseconds idle_timeout{10'000};  ///< after which a thread beyond threads_min ends
};

/// Starts a thread when a job finds none idle. The queue is bounded by whoever submits.
class WorkerPool {
 public:
  explicit WorkerPool(const WorkerLimits& limits) : limits_(limits) {}
  /// Waits for the jobs that run; those that still queue are dropped.
  ~WorkerPool();

  /// `job` must not throw. Returns false when there is no thread for it and none can be made.
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
  Threads ended_;  ///< to be joined by the next one who comes along
};

}  // namespace bigocean::server::http
