// Parses server-sent events from bytes that arrive in any pieces.
#include "server/llm/sse.hpp"

#include <algorithm>
#include <utility>

namespace bigocean::server::llm {

std::vector<SseEvent> SseParser::feed(std::string_view bytes) {
  std::vector<SseEvent> events;
  while (!bytes.empty()) {
    // The LF of a CRLF, which may come in the next piece.
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = bytes.find_first_of("\r\n");
    const auto part = bytes.substr(0, end);
    if (line_.size() + data_.size() + part.size() > event_bytes_max_)
      throw SseFault("an event is larger than allowed");
    line_ += part;
    if (end == bytes.npos) break;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    end_line(events);
  }
  return events;
}

void SseParser::end_line(std::vector<SseEvent>& events) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  std::string_view line = line_;
  if (std::exchange(first_line_, false) && line.starts_with(kMark)) line.remove_prefix(kMark.size());
  if (!line.empty()) {
    read_field(line);
  } else {
    if (!data_.empty()) {
      data_.pop_back();
      events.push_back({name_.empty() ? "message" : std::exchange(name_, {}), std::exchange(data_, {})});
    }
    name_.clear();
  }
  line_.clear();
}

/// "name: value"; a comment begins with the colon. `id` and `retry` are ignored: only a client that
/// reconnects needs them.
void SseParser::read_field(std::string_view line) {
  const auto colon = std::min(line.find(':'), line.size());
  const auto field = line.substr(0, colon);
  auto value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") name_ = value;
  if (field == "data") data_.append(value).push_back('\n');
}

}  // namespace bigocean::server::llm
