// Which traces are recorded: OpenTelemetry's samplers, and the limit on spans.
#include <doctest/doctest.h>

#include <fmt/format.h>

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

TEST_CASE("the limit leaves out traces, and the time that passes makes room") {
  Sampler sampler(settings_of("always_on", "", 100));
  Sampler::Clock::time_point now{1h};
  const auto id = base::random_hex(32);
  for (int i = 0; i < 100; ++i) {
    CHECK(sampler.wants({}, id, now));
    sampler.count_span(now);
  }
  CHECK_FALSE(sampler.wants({}, id, now));
  CHECK_FALSE(sampler.wants(caller(true), id, now));
  // A trace that had begun goes on: what it has too many is taken from what comes.
  for (int i = 0; i < 10; ++i) sampler.count_span(now);
  CHECK_FALSE(sampler.wants({}, id, now + 1s));
  CHECK(sampler.wants({}, id, now + 1100ms + 1ms));
  CHECK(sampler.take_left_out() == 3);
  CHECK(sampler.take_left_out() == 0);
  // No more than a period's room is saved up.
  now += 1h;
  for (int i = 0; i < 100; ++i) sampler.count_span(now);
  CHECK_FALSE(sampler.wants({}, id, now));
}

}  // namespace bigocean::server::sampler_test
