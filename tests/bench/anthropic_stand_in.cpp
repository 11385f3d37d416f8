// The stand-in for the Messages API as a program, for benches: prints its port, serves until SIGTERM, prints
// what it billed.
//   anthropic_stand_in [--port N] [--delay 2s] [--piece-delay 20ms] [--key KEY]
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "base/text.hpp"
#include "tests/bench/anthropic_loop.hpp"

namespace {

using bigocean::test::AnthropicLoop;
using bigocean::test::AnthropicStandIn;

std::chrono::milliseconds duration(const char* text) {
  const auto value = bigocean::base::parse_duration(text);
  if (!value) throw std::runtime_error(std::string(text) + " is no duration: 2s, 20ms, 0");
  return *value;
}

int serve(int count, char** arguments) {
  AnthropicStandIn::Options options{.keeps_requests = false};
  std::chrono::milliseconds first{}, piece{};
  for (int i = 1; i < count; i += 2) {
    const std::string name = arguments[i];
    if (i + 1 == count) throw std::runtime_error(name + " needs a value");
    const char* value = arguments[i + 1];
    if (name == "--port") {
      options.port = std::atoi(value);
    } else if (name == "--delay") {
      first = duration(value);
    } else if (name == "--piece-delay") {
      piece = duration(value);
    } else if (name == "--key") {
      options.key = value;
    } else {
      throw std::runtime_error(
          "usage: anthropic_stand_in [--port N] [--delay 2s] [--piece-delay 20ms] [--key KEY]");
    }
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const AnthropicLoop stand_in(
      [&](const auto& request) {
        auto answer = AnthropicStandIn::default_answer(request);
        answer.first_delay = first;
        answer.piece_delay = piece;
        return answer;
      },
      options);
  std::printf("%d\n", stand_in.port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  const auto billed = stand_in.books().billed();
  std::printf("%zu requests, %lld input and %lld output tokens\n", stand_in.books().count(),
              static_cast<long long>(billed.input_tokens), static_cast<long long>(billed.output_tokens));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return serve(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
