// Logs a crash of the process in one line, with its backtrace.
#pragma once

#include <string>

#include "base/signal_stack.hpp"

namespace bigocean::server::observe {

/// What the crash line contains besides the crash, and where it is kept.
struct CrashNote {
  std::string release;
  std::string file{};  ///< the line is written here, too; empty: no file
};

/// From construction to destruction, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and uncaught exceptions write
/// one JSON line to standard output: level, time, message, signal, address (of an invalid access), exception
/// and error (of an uncaught one), thread, release, backtrace ("0x55d0c3a01c42 bigocean+0x1c42 _ZN…",
/// innermost first) and then end the process as they do without a handler. One at a time in a process. A full
/// stack is survived by the thread that makes this and by those with a base::SignalStack.
class CrashHandler {
 public:
  explicit CrashHandler(const CrashNote& note);
  ~CrashHandler();
  CrashHandler(const CrashHandler&) = delete;
  CrashHandler& operator=(const CrashHandler&) = delete;

 private:
  base::SignalStack stack_;
};

}  // namespace bigocean::server::observe
