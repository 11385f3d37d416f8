// SIGINT and SIGTERM as a file descriptor, by the self-pipe trick.
#include "base/interrupt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "base/error.hpp"

namespace bigocean::base {
namespace {

// A signal handler reaches nothing but process-wide state: this is the only such place.
std::atomic<int> first_signal{0};
std::atomic<bool> exit_on_second{false};
int pipe_ends[2] = {-1, -1};
struct sigaction earlier_int, earlier_term;

void handle(int number) {
  const int saved_errno = errno;
  int expected = 0;
  if (first_signal.compare_exchange_strong(expected, number)) {
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(pipe_ends[1], &byte, 1);
  } else if (exit_on_second) {
    ::_exit(128 + number);
  }
  errno = saved_errno;
}

}  // namespace

Interrupt::Interrupt(bool second_signal_exits) {
  first_signal = 0;
  exit_on_second = second_signal_exits;
  if (::pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    throw Error(ExitCode::kInternal, "cannot create a pipe for signals",
                "raise the limit of open files (ulimit -n)");
  }
  struct sigaction action {};
  action.sa_handler = handle;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &earlier_int);
  ::sigaction(SIGTERM, &action, &earlier_term);
}

Interrupt::~Interrupt() {
  ::sigaction(SIGINT, &earlier_int, nullptr);
  ::sigaction(SIGTERM, &earlier_term, nullptr);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

int Interrupt::fd() const { return pipe_ends[0]; }

int Interrupt::signal() const { return first_signal; }

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

void throw_if_interrupted(const Interrupt* interrupt) {
  const int number = interrupt == nullptr ? 0 : interrupt->signal();
  if (number == SIGINT) throw Error(ExitCode::kInterrupted, "interrupted (SIGINT)");
  if (number != 0) throw Error(ExitCode::kTerminated, "terminated (SIGTERM)");
}

}  // namespace bigocean::base
