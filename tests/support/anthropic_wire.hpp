// What the stand-in for the Messages API reads and writes: its part without sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/anthropic.hpp"

namespace bigocean::test {

/// Bytes that are due some time after the ones before them.
struct TimedBytes {
  std::string bytes;
  std::chrono::milliseconds delay{};
  bool counts_input = false;       ///< from here on the input is billed
  std::int64_t output_tokens = 0;  ///< billed so far, once this is sent
};

struct Plan {
  enum class End { kKeep, kClose, kSilence };

  std::vector<TimedBytes> pieces{};
  End end = End::kKeep;
  bool is_whole = false;  ///< all events of an answer, message_stop among them
};

/// The answer as bytes of HTTP; a plan whose last piece does not end the response closes or falls silent.
Plan plan_for(const ModelAnswer& answer, std::size_t number);

/// Whether the model that a request asks thinks by itself, as the request is.
bool thinks_unasked(const nlohmann::json& body);

/// What is wrong with a request by the protocol of the API; empty when nothing is.
std::vector<std::string> faults_of(const std::string& head, const nlohmann::json& body,
                                   const std::string& key);

}  // namespace bigocean::test
