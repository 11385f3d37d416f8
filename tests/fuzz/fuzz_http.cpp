// libFuzzer: for any bytes and any cuts, the requests are the same, and none of them is ambiguous or over the
// limits. The first byte says how the rest is cut.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/intake.hpp"
#include "server/http/message.hpp"
#include "tests/fuzz/require.hpp"

using namespace bigocean::server::http;
using bigocean::fuzz::require;

namespace {

constexpr Parser::Limits kLimits{.head_bytes_max = 1024, .body_bytes_max = 512};

bool is_sound(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void check(const Request& request) {
  require(request.body.size() <= kLimits.body_bytes_max, "a body keeps to its limit");
  require(request.body.empty() || (request.method != "GET" && request.method != "HEAD"), "GET has no body");
  require(request.path.starts_with('/') || request.path == "*", "a path is absolute");
  for (const auto& [name, value] : request.headers) {
    require(!name.empty() && is_sound(name) && is_sound(value), "a header is one line");
    for (const char* framing : {"Content-Length", "Transfer-Encoding", "Connection"})
      require(!find_header(Headers{{name, ""}}, framing), "no handler sees framing");
  }
}

/// The requests that come out of the bytes, as text; fed in pieces of `step` bytes. Whether the rest is
/// refused yet or still waited for is not told: a broken chunk extension shows earlier in small pieces.
std::string outcome(std::string_view bytes, std::size_t step) {
  std::string result;
  Intake intake(kLimits);
  const auto take = [&] {
    while (intake.state() == Intake::State::kReady) {
      const Request request = intake.take_request();
      check(request);
      result += request.method + " " + request.path + "?" + request.query + " " + request.body + "\n";
      for (const auto& [name, value] : request.headers)
        result.append(name).append(": ").append(value) += "\n";
      intake.next();
    }
  };
  for (std::size_t at = 0; at < bytes.size() && intake.state() != Intake::State::kRefused; at += step) {
    intake.feed(bytes.substr(at, step));
    take();
  }
  if (intake.state() == Intake::State::kRefused) {
    const int status = intake.refusal().status;
    require(status >= 400 && status < 600, "a refusal has a status");
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = outcome(bytes, std::max<std::size_t>(bytes.size(), 1));
  require(whole == outcome(bytes, data[0] % 16 + 1), "the cuts do not matter");
  return 0;
}
