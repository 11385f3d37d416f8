// Threads that take jobs from one queue, and end when they are no longer needed.
#include "server/http/worker_pool.hpp"

#include <system_error>
#include <utility>

#include "base/signal_stack.hpp"

namespace bigocean::server::http {

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  // From here on no thread moves itself from one list to the other.
  for (auto& thread : threads_) thread.join();
  for (auto& thread : ended_) thread.join();
}

bool WorkerPool::submit(std::function<void()> job) {
  Threads ended;
  {
    const std::lock_guard lock(mutex_);
    ended.swap(ended_);
    jobs_.push_back(std::move(job));
    const bool wanted = idle_ < jobs_.size() && threads_.size() < limits_.threads_max;
    if (wanted && !start_thread() && threads_.empty()) {
      jobs_.pop_back();
      return false;
    }
  }
  wake_.notify_one();
  for (auto& thread : ended) thread.join();
  return true;
}

std::size_t WorkerPool::threads() {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

bool WorkerPool::start_thread() {
  threads_.emplace_back();
  try {
    threads_.back() = std::thread([this, self = std::prev(threads_.end())] { work(self); });
    return true;
  } catch (const std::system_error&) {  // no memory, or too many threads
    threads_.pop_back();
    return false;
  }
}

void WorkerPool::work(Threads::iterator self) {
  const base::SignalStack stack;  // a handler that recurses without end still leaves its crash line
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool needed = threads_.size() <= limits_.threads_min
                            ? (wake_.wait(lock, [this] { return has_work(); }), true)
                            : wake_.wait_for(lock, limits_.idle_timeout, [this] { return has_work(); });
    --idle_;
    if (stopping_) return;
    if (!needed) {
      if (threads_.size() <= limits_.threads_min) continue;
      ended_.splice(ended_.end(), threads_, self);
      return;
    }
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // its destruction may take time
    lock.lock();
  }
}

}  // namespace bigocean::server::http
