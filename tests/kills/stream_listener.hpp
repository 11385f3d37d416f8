// A client of streams: puts the pieces together, and knows where it is when a stream breaks.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/client.hpp"

namespace bigocean::kills {

class StreamListener {
 public:
  /// One request, and what comes of its stream before that ends or breaks. Returns the status, 0 for none.
  /// Throws std::runtime_error for pieces that are not the beginning of the message behind them.
  int hear(const std::string& url, const server::http::Outgoing& outgoing,
           std::chrono::steady_clock::time_point deadline);

  const std::string& last_id() const { return last_id_; }
  const std::optional<nlohmann::json>& message() const { return message_; }
  /// A stream ended with an error.
  bool problem() const { return problem_; }

 private:
  void take(std::string_view event);

  std::string text_;
  std::string last_id_;
  std::optional<nlohmann::json> message_;
  bool problem_ = false;
};

}  // namespace bigocean::kills
