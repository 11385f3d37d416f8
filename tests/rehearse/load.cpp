// The constant load: wrk, limited to a steady rate.
#include "tests/rehearse/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace bigocean::rehearse {
namespace {

using namespace std::chrono_literals;

constexpr auto kStopLimit = 15s;
constexpr auto kMark = "RESULT ";

/// A connection waits this long between an answer and its next request; the first requests are spread.
std::string script(int pause_ms) {
  return fmt::format(R"(local first = true
function delay()
  if first then
    first = false
    return math.random(0, {0})
  end
  return {0}
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{1}{{"requests":%d,"microseconds":%d,"status":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d,' ..
    '"p50":%d,"p99":%d,"max":%d}}\n',
    summary.requests, summary.duration, errors.status, errors.connect, errors.read, errors.write,
    errors.timeout, latency:percentile(50), latency:percentile(99), latency.max))
end
)",
                     pause_ms, kMark);
}

}  // namespace

Load::Load(int port, const std::string& route, int connections, int rate) {
  const int pause_ms = std::max(1, connections * 1000 / std::max(1, rate));
  const auto file = folder_.write("steady.lua", script(pause_ms));
  wrk_ = std::make_unique<test::Process>(std::vector<std::string>{
      "wrk", "--threads", "1", "--connections", std::to_string(connections), "--duration", "24h", "--timeout",
      "5s", "--script", file, fmt::format("http://127.0.0.1:{}{}", port, route)});
}

LoadResult Load::stop() {
  wrk_->signal(SIGINT);
  const auto ended = wrk_->wait(kStopLimit);
  const auto at = ended.out.find(kMark);
  if (ended.exit_code != 0 || at == std::string::npos) {
    throw std::runtime_error("wrk ended without a result:\n" + ended.out + ended.err);
  }
  const auto begin = at + std::string(kMark).size();
  const auto said = nlohmann::json::parse(ended.out.substr(begin, ended.out.find('\n', begin) - begin));
  const auto number = [&](const char* name) { return said.at(name).get<std::uint64_t>(); };
  const auto milliseconds = [&](const char* name) { return said.at(name).get<double>() / 1000; };
  LoadResult result;
  result.requests = number("requests");
  result.bad_statuses = number("status");
  result.socket_errors = number("connect") + number("read") + number("write") + number("timeout");
  result.seconds = said.at("microseconds").get<double>() / 1e6;
  result.milliseconds_p50 = milliseconds("p50");
  result.milliseconds_p99 = milliseconds("p99");
  result.milliseconds_max = milliseconds("max");
  return result;
}

}  // namespace bigocean::rehearse
