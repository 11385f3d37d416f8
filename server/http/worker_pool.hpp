// A few threads that run handlers.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace bigocean::server::http {

/// The queue holds at most one job for each connection, so connections_max bounds it.
class WorkerPool {
 public:
  explicit WorkerPool(int threads);
  /// Waits for the jobs that run; those that still queue are dropped.
  ~WorkerPool();

  /// `job` must not throw.
  void submit(std::function<void()> job);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace bigocean::server::http
