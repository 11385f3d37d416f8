// Parses server-sent events from bytes that arrive in any pieces.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::server::llm {

struct SseEvent {
  std::string name;  ///< "message" where the stream names none
  std::string data;  ///< its data lines, joined by \n

  bool operator==(const SseEvent&) const = default;
};

/// An event is larger than allowed.
struct SseFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Parses text/event-stream as the HTML standard defines it: lines end in CR, LF or both, a byte order mark
/// may come first, an event ends with an empty line, and an event without data is ignored. Text after the
/// last empty line is not an event. No I/O, not thread-safe.
class SseParser {
 public:
  /// `event_bytes_max` limits the memory of one event, including the line that is being read.
  explicit SseParser(std::size_t event_bytes_max) : event_bytes_max_(event_bytes_max) {}

  /// Returns the events that these bytes complete. Throws SseFault; after that the parser must not be used
  /// again.
  std::vector<SseEvent> feed(std::string_view bytes);

 private:
  void end_line(std::vector<SseEvent>& events);
  void read_field(std::string_view line);

  const std::size_t event_bytes_max_;
  std::string line_;
  std::string name_;
  std::string data_;  ///< each line with its \n
  bool after_cr_ = false;
  bool first_line_ = true;
};

}  // namespace bigocean::server::llm
