// A second stack for a thread's signal handlers, so that they run even when the first one is full.
#pragma once

#include <csignal>

namespace bigocean::base {

/// The signal stack of the calling thread while this object lives; constructed and destroyed by that thread.
/// It takes address space, and memory only once it is used. If it cannot be allocated, the thread keeps its
/// earlier one.
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
