// Where a handler writes a body that it does not have in one piece.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string_view>

namespace bigocean::server::http {

/// Used by one handler, on its thread.
class BodySink {
 public:
  virtual ~BodySink() = default;

  /// Hands over a piece, to be sent at once. Waits while the client takes what it has been sent too slowly.
  /// False once the client is gone: nobody needs the rest.
  virtual bool write(std::string_view piece) = 0;

  /// What the exchange counts as, when the body says that it came to another end than its head's status: it
  /// is in the access log and the metrics, where nobody reads bodies.
  virtual void ends_as(int status) = 0;
};

/// How much of a body waits to be sent, between the handler that writes and the loop that sends. Thread-safe.
class SendWindow {
 public:
  /// The handler's side: waits for room. False when the client is gone.
  bool take(std::size_t bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return gone_ || unsent_ < kUnsentBytesMax; });
    unsent_ += bytes;
    return !gone_;
  }

  /// The loop's side. What it adds of its own is never held back.
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
