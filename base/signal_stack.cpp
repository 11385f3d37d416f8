// A second stack for a thread's signal handlers, so that they run even when the first one is full.
#include "base/signal_stack.hpp"

#include <sys/mman.h>

namespace bigocean::base {
namespace {

/// Room for a handler that walks a stack; the registers alone may take 11 KB.
constexpr std::size_t kBytes = std::size_t{128} * 1024;

}  // namespace

SignalStack::SignalStack() {
  void* memory = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  stack_t wanted{};
  wanted.ss_sp = memory;
  wanted.ss_size = kBytes;
  if (::sigaltstack(&wanted, &earlier_) == 0) {
    memory_ = memory;
  } else {
    ::munmap(memory, kBytes);
  }
}

SignalStack::~SignalStack() {
  if (memory_ == nullptr) return;
  ::sigaltstack(&earlier_, nullptr);
  ::munmap(memory_, kBytes);
}

}  // namespace bigocean::base
