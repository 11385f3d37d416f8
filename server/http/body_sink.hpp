// The sink for a body that a handler writes in pieces.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string_view>

namespace bigocean::server::http {

/// Used by one handler on one thread.
class BodySink {
 public:
  virtual ~BodySink() = default;

  /// Hands over a piece to be sent at once. Waits while the client reads too slowly. Returns false once the
  /// client is gone; the handler should then stop.
  virtual bool write(std::string_view piece) = 0;

  /// Sets the status with which the exchange is logged and counted, when the body ends differently from the
  /// status in its head (an error event in a stream).
  virtual void ends_as(int status) = 0;
};

/// Limits how much of a body waits to be sent, between the writing handler and the sending loop. Thread-safe.
class SendWindow {
 public:
  /// For the handler: waits for room. Returns false when the client is gone.
  bool take(std::size_t bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return gone_ || unsent_ < kUnsentBytesMax; });
    unsent_ += bytes;
    return !gone_;
  }

  /// For the loop: its own bytes never wait.
  void add(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    unsent_ += bytes;
  }
  void sent(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    unsent_ -= std::min(unsent_, bytes);
    changed_.notify_all();
  }
  void client_gone() {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    changed_.notify_all();
  }

 private:
  static constexpr std::size_t kUnsentBytesMax = std::size_t{256} << 10;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t unsent_ = 0;
  bool gone_ = false;
};

}  // namespace bigocean::server::http
