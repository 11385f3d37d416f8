// What ends a wait early: a signal, or a word from another thread.
#pragma once

#include <atomic>
#include <chrono>

namespace bigocean::base {

/// Something that a poll() can wait for beside its socket. It is raised once and stays so.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Says "stop" in the name of a signal; may be called from a signal handler and from any thread. Returns
  /// false when it was raised before, which changes nothing.
  bool raise(int signal);

  /// Readable once it was raised. Owned by this object; never read from it.
  int fd() const { return fd_; }

  /// The signal that it was raised with, or 0.
  int signal() const { return signal_; }

  /// Sleeps, but not past the interrupt. Returns false when it was raised.
  bool sleep(std::chrono::milliseconds duration) const;

 private:
  int fd_;
  std::atomic<int> signal_{0};
};

/// Raised by SIGINT and SIGTERM, which it catches from construction to destruction (the earlier handlers come
/// back). One at a time: signal handlers are process-wide. A second signal does nothing more unless
/// `second_signal_exits` was asked for, then it ends the process at once.
class SignalInterrupt : public Interrupt {
 public:
  explicit SignalInterrupt(bool second_signal_exits = false);
  ~SignalInterrupt();
};

/// Throws base::Error with exit code 130 or 143 when `interrupt` (may be null) was raised.
void throw_if_interrupted(const Interrupt* interrupt);

}  // namespace bigocean::base
