// Server-sent events, read from bytes that arrive in any pieces.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::server::llm {

struct SseEvent {
  std::string name;  ///< "message" where the stream names none
  std::string data;  ///< its lines, joined by \n

  bool operator==(const SseEvent&) const = default;
};

/// An event is larger than allowed.
struct SseFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads text/event-stream as the HTML standard has it: lines end in CR, LF or both, a byte order mark may
/// stand in front, an event ends with an empty line and is none without data. What stands behind the last
/// empty line is no event. No I/O.
class SseParser {
 public:
  /// `event_bytes_max` bounds what one event keeps in memory, the line that is being read included.
  explicit SseParser(std::size_t event_bytes_max) : event_bytes_max_(event_bytes_max) {}

  /// The events that these bytes complete. Throws SseFault; the parser must not be used again then.
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
