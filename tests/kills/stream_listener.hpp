// A client of streams: joins the pieces, and keeps its position when a stream breaks.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/http_client.hpp"

namespace bigocean::kills {

class StreamListener {
 public:
  struct Options {
    bool may_be_cut =
        false;  ///< by a model that was cut off: then the message is the beginning of the pieces
  };

  StreamListener() = default;
  explicit StreamListener(Options options) : options_(options) {}

  /// One request, and what comes of its stream before that ends or breaks. Returns the status, 0 for none.
  /// `leaves_behind`: leaves as soon as so many pieces have come, 0 behind the head.
  /// Throws std::runtime_error for pieces that are not the beginning of the message behind them.
  int hear(int port, const test::HttpCall& call, std::chrono::steady_clock::time_point deadline,
           std::optional<std::size_t> leaves_behind = {});

  const std::string& last_id() const { return last_id_; }
  const std::optional<nlohmann::json>& message() const { return message_; }
  /// The latest stream ended with an error: its problem document.
  const std::optional<nlohmann::json>& problem() const { return problem_; }
  /// The latest request got no stream: the problem document in its place.
  const std::optional<nlohmann::json>& refusal() const { return refusal_; }

 private:
  void take(std::string_view event);

  Options options_;
  std::string text_;
  std::string last_id_;
  std::size_t pieces_ = 0;
  std::optional<nlohmann::json> message_;
  std::optional<nlohmann::json> problem_;
  std::optional<nlohmann::json> refusal_;
};

}  // namespace bigocean::kills
