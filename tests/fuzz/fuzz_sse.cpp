// libFuzzer: for any cuts of a stream of events, the events are the same, and none is larger than allowed.
// The first byte says how it is cut.
#include <cstdint>
#include <string_view>

#include "server/llm/sse.hpp"
#include "tests/fuzz/require.hpp"

using namespace bigocean::server::llm;
using bigocean::fuzz::require;

namespace {

constexpr std::size_t kEventBytesMax = 64;

struct Outcome {
  std::vector<SseEvent> events;
  bool is_refused = false;
};

Outcome outcome(std::string_view bytes, std::size_t step) {
  Outcome all;
  SseParser parser(kEventBytesMax);
  try {
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      for (auto& event : parser.feed(bytes.substr(at, step))) {
        require(event.data.size() <= kEventBytesMax && event.name.size() <= kEventBytesMax,
                "an event keeps to its limit");
        require(!event.name.empty(), "an event has a name");
        require(event.name.find_first_of("\r\n") == event.name.npos, "a name is one line");
        all.events.push_back(std::move(event));
      }
    }
  } catch (const SseFault&) {
    all.is_refused = true;
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = outcome(bytes, std::max<std::size_t>(bytes.size(), 1));
  const auto cut = outcome(bytes, data[0] % 16 + 1);
  require(whole.is_refused == cut.is_refused, "the cuts do not matter for a refusal");
  // What a piece completed before the fault in it is lost with the fault.
  require(whole.is_refused || whole.events == cut.events, "the cuts do not matter for the events");
  return 0;
}
