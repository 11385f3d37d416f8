// What the stand-in for the Messages API reads and writes: its part without sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
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

  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string content_type{};
  std::vector<TimedBytes> pieces{};  ///< of the body: one each chunk of a stream, all of an error
  End end = End::kKeep;
  bool is_stream = false;
  bool is_whole = false;  ///< all events of an answer, message_stop among them
  /// No well-formed answer: the pieces are bytes of HTTP, from the head on as far as it goes, and the end is
  /// not kKeep.
  bool is_broken = false;
};

/// The answer as it is to be sent.
Plan plan_for(const ModelAnswer& answer, std::size_t number);

/// The pieces of a plan as bytes of HTTP, the head in front: for what carries them by hand.
std::vector<TimedBytes> bytes_of(const Plan& plan);

/// Whether the model that a request asks thinks by itself, as the request is.
bool thinks_unasked(const nlohmann::json& body);

/// What is wrong with a request by the protocol of the API; empty when nothing is.
std::vector<std::string> faults_of(const std::string& head, const nlohmann::json& body,
                                   const std::string& key);

}  // namespace bigocean::test
