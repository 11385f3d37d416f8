// Reads our own server-sent events: one line each of event, id and data.
#include "tests/kills/stream_listener.hpp"

#include <stdexcept>

namespace bigocean::kills {
namespace {

constexpr server::http::Parser::Limits kLimits{.head_bytes_max = 65536, .body_bytes_max = 1U << 20U};

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

int StreamListener::hear(const std::string& url, const server::http::Outgoing& outgoing,
                         std::chrono::steady_clock::time_point deadline,
                         std::optional<std::size_t> leaves_behind) {
  int status = 0;
  std::string pending;
  problem_.reset();
  refusal_.reset();
  const auto leaves = [&, before = pieces_] {
    return status == 200 && leaves_behind && pieces_ - before >= *leaves_behind;
  };
  try {
    const auto parts = server::http::parse_url(url, url);
    server::http::ClientConnection connection(parts, kLimits, deadline, nullptr);
    connection.send(parts, outgoing, false, deadline);
    status = connection.read_head(deadline).status;
    while (!leaves()) {
      const auto piece = connection.read_body(deadline);
      if (piece.empty()) break;
      pending += piece;
      for (std::size_t end = 0; status == 200 && !leaves() && (end = pending.find("\n\n")) != pending.npos;) {
        take(std::string_view(pending).substr(0, end));
        pending.erase(0, end + 2);
      }
    }
    if (status != 200 && !pending.empty()) refusal_ = nlohmann::json::parse(pending);
  } catch (const base::StreamError&) {
  } catch (const server::http::ResponseFault&) {
  }
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
