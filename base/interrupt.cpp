// Interrupts as eventfds, and the signals that raise one.
#include "base/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <thread>

#include "base/error.hpp"

namespace bigocean::base {
namespace {

// A signal handler reaches nothing but process-wide state: this is the only such place.
std::atomic<Interrupt*> raised_by_signals{nullptr};
std::atomic<bool> exit_on_second{false};
struct sigaction earlier_int, earlier_term;

void handle(int number) {
  const int saved_errno = errno;
  Interrupt* interrupt = raised_by_signals;
  if (interrupt != nullptr && !interrupt->raise(number) && exit_on_second) ::_exit(128 + number);
  errno = saved_errno;
}

}  // namespace

Interrupt::Interrupt() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) {
    throw Error(ExitCode::kInternal, "cannot create a descriptor for interrupts",
                "raise the limit of open files (ulimit -n)");
  }
}

Interrupt::~Interrupt() { ::close(fd_); }

bool Interrupt::raise(int signal) {
  int expected = 0;
  if (!signal_.compare_exchange_strong(expected, signal)) return false;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
  return true;
}

bool Interrupt::sleep(std::chrono::milliseconds duration) const {
  const auto end = std::chrono::steady_clock::now() + duration;
  while (signal() == 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    pollfd entry{fd(), POLLIN, 0};
    ::poll(&entry, 1, static_cast<int>(std::min<std::chrono::milliseconds::rep>(left.count(), 3'600'000)));
  }
  return false;
}

bool sleep(std::chrono::milliseconds duration, const Interrupt* interrupt) {
  if (interrupt != nullptr) return interrupt->sleep(duration);
  std::this_thread::sleep_for(duration);
  return true;
}

void sleep_or_throw(std::chrono::milliseconds duration, const Interrupt* interrupt) {
  if (!sleep(duration, interrupt)) throw_if_interrupted(interrupt);
}

SignalInterrupt::SignalInterrupt(bool second_signal_exits) {
  exit_on_second = second_signal_exits;
  raised_by_signals = this;
  struct sigaction action {};
  action.sa_handler = handle;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &earlier_int);
  ::sigaction(SIGTERM, &action, &earlier_term);
}

SignalInterrupt::~SignalInterrupt() {
  ::sigaction(SIGINT, &earlier_int, nullptr);
  ::sigaction(SIGTERM, &earlier_term, nullptr);
  raised_by_signals = nullptr;
}

void throw_if_interrupted(const Interrupt* interrupt) {
  const int number = interrupt == nullptr ? 0 : interrupt->signal();
  if (number == SIGINT) throw Error(ExitCode::kInterrupted, "interrupted (SIGINT)");
  if (number != 0) throw Error(ExitCode::kTerminated, "terminated (SIGTERM)");
}

}  // namespace bigocean::base
