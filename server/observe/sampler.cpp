// Which traces are recorded.
#include "server/observe/sampler.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace bigocean::server::observe {
namespace {

double ratio_of(const config::Settings::Traces& settings) {
  if (settings.sampler.ends_with("always_on")) return 1;
  if (settings.sampler.ends_with("always_off")) return 0;
  double ratio = 1;
  const auto& text = settings.sampler_argument;
  std::from_chars(text.data(), text.data() + text.size(), ratio);
  return ratio;
}

/// The id is random, so its end is a number with which every service of a trace decides the same.
bool is_within(double ratio, const std::string& trace_id) {
  constexpr std::size_t kDigits = 14;  // 56 bits, as W3C Trace Context level 2 uses
  std::uint64_t value = 0;
  const char* end = trace_id.data() + trace_id.size();
  std::from_chars(end - kDigits, end, value, 16);
  // The threshold is exact as a whole number; the value would not be as a double.
  return value < static_cast<std::uint64_t>(ratio * std::exp2(4 * kDigits));
}

}  // namespace

Sampler::Sampler(const config::Settings::Traces& settings)
    : asks_caller_(settings.sampler.starts_with("parentbased_")),
      ratio_(ratio_of(settings)),
      spans_max_(static_cast<double>(settings.spans_max)),
      room_(spans_max_ / 2) {}

bool Sampler::sampler_wants(const std::optional<base::TraceContext>& caller,
                            const std::string& trace_id) const {
  if (asks_caller_ && caller) return caller->is_sampled;
  return is_within(ratio_, trace_id);
}

bool Sampler::wants(const std::optional<base::TraceContext>& caller, const std::string& trace_id,
                    Clock::time_point now) {
  if (!sampler_wants(caller, trace_id)) return false;
  if (spans_max_ == 0) return true;
  const std::lock_guard lock(mutex_);
  refill(now);
  if (room_ > 0) return true;
  ++left_out_;
  return false;
}

void Sampler::count_span(Clock::time_point now) {
  if (spans_max_ == 0) return;
  const std::lock_guard lock(mutex_);
  refill(now);
  room_ -= 1;
}

/// A token bucket of half the limit, to which the other half comes in a period: together they are the limit
/// of any period.
void Sampler::refill(Clock::time_point now) {
  const std::chrono::duration<double> passed = now - refilled_.value_or(now);
  refilled_ = now;
  const double half = spans_max_ / 2;
  room_ = std::min(half, room_ + half * passed / kSpanPeriod);
}

long long Sampler::take_left_out() {
  const std::lock_guard lock(mutex_);
  return std::exchange(left_out_, 0);
}

}  // namespace bigocean::server::observe
