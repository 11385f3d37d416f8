// The interruptions of a running migration.
#pragma once

#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test {

/// What an interruption works on.
struct Target {
  PrivatePostgres& postgres;
  std::string url;  ///< of the database, directly
  Process& runner;
  std::chrono::microseconds moment;  ///< after the runner's start, at which it comes
  std::mt19937_64& random;
};

struct Interruption {
  std::string name;
  std::vector<std::string> arguments;  ///< for the interrupted run
  /// Called right after the start; returns when the interruption is over. Empty: the proxy does it.
  std::function<void(const Target&)> act;
  bool through_proxy = false;  ///< cut at a random byte
};

std::vector<Interruption> all_interruptions();

}  // namespace bigocean::test
