// A signal makes a descriptor readable, ends a sleep, and leaves no other effect.
#include "base/interrupt.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/error.hpp"

namespace interrupt_test {

using bigocean::base::Interrupt;
using bigocean::base::SignalInterrupt;
using bigocean::base::throw_if_interrupted;

namespace {

bool readable(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, 0) == 1;
}

int code_of(const Interrupt& interrupt) {
  try {
    throw_if_interrupted(&interrupt);
    return 0;
  } catch (const bigocean::base::Error& error) {
    return static_cast<int>(error.code);
  }
}

}  // namespace

TEST_CASE("the first signal is remembered, the second changes nothing") {
  const SignalInterrupt interrupt;
  CHECK(interrupt.signal() == 0);
  CHECK_FALSE(readable(interrupt.fd()));
  CHECK(code_of(interrupt) == 0);
  std::raise(SIGTERM);
  std::raise(SIGINT);
  CHECK(interrupt.signal() == SIGTERM);
  CHECK(readable(interrupt.fd()));
  CHECK(readable(interrupt.fd()));
  CHECK(code_of(interrupt) == 143);
  CHECK_FALSE(interrupt.sleep(std::chrono::hours(1)));
  CHECK_FALSE(bigocean::base::sleep(std::chrono::hours(1), &interrupt));
  CHECK_THROWS_AS(bigocean::base::sleep_or_throw(std::chrono::hours(1), &interrupt), bigocean::base::Error);
  const auto began = std::chrono::steady_clock::now();
  CHECK(bigocean::base::sleep(std::chrono::milliseconds(20), nullptr));
  CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(20));
}

TEST_CASE("SIGINT ends in 130, and a new object starts anew") {
  {
    const SignalInterrupt interrupt;
    std::raise(SIGINT);
    CHECK(code_of(interrupt) == 130);
  }
  const SignalInterrupt interrupt;
  CHECK(interrupt.signal() == 0);
  CHECK(interrupt.sleep(std::chrono::milliseconds(1)));
  throw_if_interrupted(nullptr);
}

TEST_CASE("the earlier handlers come back") {
  const auto earlier = std::signal(SIGINT, SIG_IGN);
  { const SignalInterrupt interrupt; }
  const bool came_back = std::signal(SIGINT, earlier) == SIG_IGN;
  CHECK(came_back);
}

TEST_CASE("a second signal exits at once where that was asked for") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const SignalInterrupt interrupt(true);
    std::raise(SIGINT);
    std::raise(SIGTERM);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 143);
}

}  // namespace interrupt_test
