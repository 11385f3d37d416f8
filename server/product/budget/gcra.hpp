// The arithmetic of a rate limit: the generic cell rate algorithm (GCRA), in whole milliseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace bigocean::server::budget {

using std::chrono::milliseconds;

/// `quota` times in `window`: all at once at first, then one more each window / quota.
struct Limit {
  std::string name;  ///< in headers and keys: "messages"
  std::int64_t quota = 0;
  std::chrono::seconds window{};

  /// Rounded up, so that the quota is never exceeded. The shorter the interval, the coarser the limit.
  milliseconds interval() const { return milliseconds((milliseconds(window).count() + quota - 1) / quota); }
  milliseconds burst() const { return interval() * quota; }  ///< the window plus rounding
};

/// The standing of one caller with one limit. The stored state is a single time, at which the whole quota is
/// available again. Only its distance from now matters.
struct Standing {
  bool allowed = false;
  std::int64_t remaining = 0;   ///< how many may still be taken now
  milliseconds retry_after{0};  ///< until one more is allowed; 0 when this one was
  milliseconds reset{0};        ///< until the whole quota is available again
};

/// Takes one more while the state is `ahead` of now; afterwards the state is the standing's `reset` ahead.
/// Below zero counts as zero. More than the burst (a clock that was set back, a limit that was lowered)
/// counts as the burst, so that no caller is locked out for longer than a window.
Standing take_one(const Limit& limit, milliseconds ahead);

/// The standing without taking one, because another limit has refused.
Standing look(const Limit& limit, milliseconds ahead);

}  // namespace bigocean::server::budget
