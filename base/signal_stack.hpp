// A second stack for a thread's signal handlers, so that they run even when the first one is full.
#pragma once

#include <csignal>

namespace bigocean::base {

/// The calling thread's, for as long as this lives; to be made and destroyed by that thread. Costs address
/// space, and memory only once it is used. Without memory for it the thread keeps what it had.
class SignalStack {
 public:
  SignalStack();
  ~SignalStack();
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  void* memory_ = nullptr;
  stack_t earlier_{};
};

}  // namespace bigocean::base
