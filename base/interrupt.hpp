// SIGINT and SIGTERM as something that a poll() can wait for.
#pragma once

#include <chrono>

namespace bigocean::base {

/// Catches SIGINT and SIGTERM from construction to destruction (the earlier handlers come back). One at a
/// time: signal handlers are process-wide. The first signal is remembered and makes fd() readable for good;
/// a second one does nothing more unless `second_signal_exits` was asked for, then it ends the process at
/// once.
class Interrupt {
 public:
  explicit Interrupt(bool second_signal_exits = false);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Readable once a signal came. Owned by this object; never read from it.
  int fd() const;

  /// The first signal's number, or 0.
  int signal() const;

  /// Sleeps, but not past a signal. Returns false when a signal came.
  bool sleep(std::chrono::milliseconds duration) const;
};

/// Throws base::Error with exit code 130 or 143 when `interrupt` (may be null) has seen a signal.
void throw_if_interrupted(const Interrupt* interrupt);

}  // namespace bigocean::base
