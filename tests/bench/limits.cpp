// Counts the rate-limit decisions that one connection makes in a second, or the scripts that do nothing.
//   bench_limits URL raw|limit|limits CALLS
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/product/budget/rate_limits.hpp"
#include "server/product/settings/settings.hpp"

namespace {

using namespace bigocean;
using Clock = std::chrono::steady_clock;

config::Settings settings_for(const char* url) {
  auto settings = config::load_settings({}).settings;
  settings.redis.url = config::Secret(std::string(url));
  settings.redis.connections_max = 1;
  server::product::of(settings).limits.messages_per_user_minute = 6'000;
  server::product::of(settings).limits.messages_per_address_minute = 6'000;
  return settings;
}

/// EVALSHA and its reply, with nothing of ours around it.
void run_raw(const config::Settings& settings, long calls) {
  auto client = redis::Client::connect(settings.redis);
  const auto sha1 = client.command({"SCRIPT", "LOAD", "return 1"}).text;
  for (long i = 0; i < calls; ++i) client.command({"EVALSHA", sha1, "1", "bigocean:limit:{user:1}:messages"});
}

/// As a request does it: pool, keys, script, headers.
bool run_limits(const config::Settings& settings, bool by_address, long calls) {
  base::Logger log(base::LogFormat::kText, base::LogLevel::kError, false);
  server::budget::Counters counters(server::budget::caps_of(server::product::of(settings).budget));
  redis::Store store(settings.redis, nullptr);
  server::budget::RateLimits limits(store, server::product::of(settings).limits, log, counters);
  constexpr long kUsers = 1000, kAddresses = 200;
  for (long i = 0; i < calls; ++i) {
    const auto address =
        by_address ? std::optional("192.0.2." + std::to_string(i % kAddresses)) : std::nullopt;
    const auto decision = limits.take(limits.message("user-" + std::to_string(i % kUsers), address));
    if (!decision.allowed) return false;
  }
  return !counters.limits_in_memory;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto settings = settings_for(argv[1]);
  const std::string_view what = argv[2];
  const long calls = std::atol(argv[3]);
  const auto start = Clock::now();
  bool fine = true;
  if (what == "raw") {
    run_raw(settings, calls);
  } else {
    fine = run_limits(settings, what == "limits", calls);
  }
  const std::chrono::duration<double> elapsed = Clock::now() - start;
  std::printf("%.0f\n", static_cast<double>(calls) / elapsed.count());
  return fine ? 0 : 1;
}
