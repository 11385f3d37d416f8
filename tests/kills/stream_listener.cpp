// Reads our own server-sent events: one line each of event, id and data.
#include "tests/kills/stream_listener.hpp"

#include <algorithm>
#include <stdexcept>

namespace bigocean::kills {
namespace {

/// The value of a field, empty where there is none.
std::string_view field(std::string_view event, std::string_view name) {
  while (!event.empty()) {
    const auto line = event.substr(0, event.find('\n'));
    event.remove_prefix(std::min(event.size(), line.size() + 1));
    if (line.starts_with(name) && line.substr(name.size()).starts_with(": "))
      return line.substr(name.size() + 2);
  }
  return {};
}

}  // namespace

int StreamListener::hear(int port, const test::HttpCall& call, std::chrono::steady_clock::time_point deadline,
                         std::optional<std::size_t> leaves_behind) {
  int status = 0;
  std::string pending;
  problem_.reset();
  refusal_.reset();
  const auto leaves = [&, before = pieces_] {
    return status == 200 && leaves_behind && pieces_ - before >= *leaves_behind;
  };
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
  const auto limit = std::max(left, milliseconds(1));
  const bool is_whole = test::hear(port, call, limit, [&](int came, std::string_view piece) {
    status = came;
    pending += piece;
    for (std::size_t end = 0; status == 200 && !leaves() && (end = pending.find("\n\n")) != pending.npos;) {
      take(std::string_view(pending).substr(0, end));
      pending.erase(0, end + 2);
    }
    return !leaves() && std::chrono::steady_clock::now() < deadline;
  });
  if (is_whole && status != 200 && !pending.empty()) refusal_ = nlohmann::json::parse(pending);
  return status;
}

void StreamListener::take(std::string_view event) {
  const auto name = field(event, "event");
  const auto id = field(event, "id");
  if (!id.empty()) last_id_ = id;
  if (name == "problem") problem_ = nlohmann::json::parse(field(event, "data"));
  if (name == "reset") text_.clear();
  if (name == "delta") {
    text_ += nlohmann::json::parse(field(event, "data"))["text"].get<std::string>();
    ++pieces_;
  }
  if (name != "message") return;
  message_ = nlohmann::json::parse(field(event, "data"));
  const std::string whole = (*message_)["message"]["content"];
  if (!whole.starts_with(text_) && !(options_.may_be_cut && text_.starts_with(whole)))
    throw std::runtime_error("pieces \"" + text_ + "\" of \"" + whole + "\"");
}

}  // namespace bigocean::kills
