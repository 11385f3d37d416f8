// Which traces are recorded: OpenTelemetry's samplers, and the limit on spans.
#include <doctest/doctest.h>

#include <optional>
#include <vector>

#include "base/random_hex.hpp"
#include "server/observe/sampler.hpp"

namespace bigocean::server::sampler_test {

using observe::Sampler;
using namespace std::chrono_literals;

namespace {

config::Settings::Traces settings_of(std::string sampler, std::string argument = {},
                                     std::int64_t spans_max = 0) {
  config::Settings::Traces settings;
  settings.sampler = std::move(sampler);
  settings.sampler_argument = std::move(argument);
  settings.spans_max = spans_max;
  return settings;
}

base::TraceContext caller(bool is_sampled) {
  return {.trace_id = base::random_hex(32), .span_id = base::random_hex(16), .is_sampled = is_sampled};
}

}  // namespace

TEST_CASE("each sampler, without a caller and below one that records, or does not") {
  struct Case {
    const char* name;
    bool alone, below_recorded, below_other;
  };
  for (const auto& [name, alone, below_recorded, below_other] :
       {Case{"always_on", true, true, true}, Case{"always_off", false, false, false},
        Case{"parentbased_always_on", true, true, false},
        Case{"parentbased_always_off", false, true, false}}) {
    CAPTURE(name);
    Sampler sampler(settings_of(name));
    const auto id = base::random_hex(32);
    CHECK(sampler.wants({}, id, {}) == alone);
    CHECK(sampler.wants(caller(true), id, {}) == below_recorded);
    CHECK(sampler.wants(caller(false), id, {}) == below_other);
  }
}

TEST_CASE("a ratio is kept, by the id alone, so that every service decides the same") {
  Sampler quarter(settings_of("traceidratio", "0.25"));
  Sampler again(settings_of("parentbased_traceidratio", "0.25"));
  int wanted = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto id = base::random_hex(32);
    const bool is_wanted = quarter.wants({}, id, {});
    wanted += is_wanted ? 1 : 0;
    CHECK(again.wants({}, id, {}) == is_wanted);
    CHECK(quarter.wants(caller(true), id, {}) == is_wanted);
    CHECK(again.wants(caller(true), id, {}));
  }
  CHECK(wanted > 800);
  CHECK(wanted < 1200);
  const auto highest = std::string(32, 'f');
  CHECK(Sampler(settings_of("traceidratio", "1")).wants({}, highest, {}));
  CHECK(Sampler(settings_of("traceidratio")).wants({}, highest, {}));
  CHECK_FALSE(Sampler(settings_of("traceidratio", "0")).wants({}, std::string(31, '0') + "1", {}));
}

TEST_CASE("the limit leaves out whole traces, and no ten seconds have more spans") {
  constexpr int kMax = 100;
  Sampler sampler(settings_of("always_on", "", kMax));
  const auto id = base::random_hex(32);
  std::vector<Sampler::Clock::time_point> spans;
  int left_out = 0;
  const Sampler::Clock::time_point begin{1h};
  for (auto now = begin; now < begin + 60s; now += 20ms) {
    if (now == begin + 30s) now += 20s;  // a pause in which room is saved up
    const bool is_below = now.time_since_epoch() % 40ms == 0ms;
    if (!sampler.wants(is_below ? std::optional(caller(true)) : std::nullopt, id, now)) {
      ++left_out;
      continue;
    }
    sampler.count_span(now);
    spans.push_back(now);
  }
  CHECK(sampler.take_left_out() == left_out);
  CHECK(sampler.take_left_out() == 0);
  CHECK(left_out > 1000);
  for (std::size_t i = 0; i + kMax < spans.size(); ++i) CHECK(spans[i + kMax] - spans[i] >= 9900ms);
  // Half of it at once, twice, and half in each ten seconds.
  CHECK(spans.size() > 200);
  CHECK(spans.size() <= 310);
}

TEST_CASE("a trace that has begun goes on, and what it has too many is taken from what comes") {
  Sampler sampler(settings_of("always_on", "", 100));
  const auto id = base::random_hex(32);
  const Sampler::Clock::time_point now{1h};
  CHECK(sampler.wants({}, id, now));
  for (int i = 0; i < 60; ++i) sampler.count_span(now);
  CHECK_FALSE(sampler.wants({}, id, now));
  CHECK_FALSE(sampler.wants({}, id, now + 1900ms));
  CHECK(sampler.wants({}, id, now + 2100ms));
}

}  // namespace bigocean::server::sampler_test
