// What ends a wait early: a signal, or a call from another thread.
#pragma once

#include <atomic>
#include <chrono>

namespace bigocean::base {

/// An event that poll() can wait for together with a socket. Once raised, it stays raised. Thread-safe.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Raises the interrupt with `signal` as the reason. May be called from a signal handler and from any
  /// thread. Returns false and changes nothing when it was raised before.
  bool raise(int signal);

  /// A descriptor that is readable once the interrupt was raised. Owned by this object; do not read from it.
  int fd() const { return fd_; }

  /// The signal that it was raised with, or 0.
  int signal() const { return signal_; }

  /// Sleeps for `duration`, or until the interrupt is raised. Returns false when it was raised.
  bool sleep(std::chrono::milliseconds duration) const;

 private:
  int fd_;
  std::atomic<int> signal_{0};
};

/// Raised by SIGINT and SIGTERM, which it catches from construction to destruction; the destructor restores
/// the earlier handlers. At most one at a time: signal handlers are process-wide. With `second_signal_exits`,
/// a second signal ends the process at once; otherwise it has no effect.
class SignalInterrupt : public Interrupt {
 public:
  explicit SignalInterrupt(bool second_signal_exits = false);
  ~SignalInterrupt();
};

/// Sleeps, but not past `interrupt`, which may be null. Returns false when it was raised.
bool sleep(std::chrono::milliseconds duration, const Interrupt* interrupt);
/// The same; throws as throw_if_interrupted() does.
void sleep_or_throw(std::chrono::milliseconds duration, const Interrupt* interrupt);

/// Throws base::Error with exit code 130 or 143 when `interrupt` (may be null) was raised.
void throw_if_interrupted(const Interrupt* interrupt);

}  // namespace bigocean::base
