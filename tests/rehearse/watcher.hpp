// Repeats one action on a thread of its own, measures its time, and keeps the failures.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "tests/rehearse/record.hpp"

namespace bigocean::rehearse {

class Watcher {
 public:
  /// Calls `act` every `period`, or as soon as the call before has returned. An exception of it is a fault,
  /// noted as `name` and its text. `stopwatch` must outlive this.
  Watcher(std::string name, const Stopwatch& stopwatch, std::chrono::milliseconds period,
          std::function<void()> act);
  ~Watcher();

  /// Lets the current call end, and gives what was seen.
  Observed stop();

 private:
  void work();

  const std::string name_;
  const Stopwatch& stopwatch_;
  const std::chrono::milliseconds period_;
  const std::function<void()> act_;
  Observed observed_;  ///< of the thread, until it is joined
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace bigocean::rehearse
