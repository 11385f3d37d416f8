// The arithmetic of a rate limit: a generic cell rate algorithm, in whole milliseconds.
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

  /// Rounded up: never more than the quota is given. That makes a limit the coarser the less is between two.
  milliseconds interval() const { return milliseconds((milliseconds(window).count() + quota - 1) / quota); }
  milliseconds burst() const { return interval() * quota; }  ///< the window, and what the rounding adds
};

/// Where one caller stands with one limit. The state behind it is one time, at which everything that was
/// taken is given back. How far it lies ahead is all that counts.
struct Standing {
  bool allowed = false;
  std::int64_t remaining = 0;   ///< that may still be taken now
  milliseconds retry_after{0};  ///< until one more is allowed; 0 when this one was
  milliseconds reset{0};        ///< until the whole quota is there again
};

/// Where a caller stands who takes one more while the state is `ahead` of now: afterwards it is the
/// standing's `reset` ahead. Below zero counts as zero. More than the burst (a clock that was set back, a
/// limit that was lowered) counts as the burst: nobody is locked out for longer than a window.
Standing take_one(const Limit& limit, milliseconds ahead);

/// The standing of one who has not taken anything, since another limit has refused.
Standing look(const Limit& limit, milliseconds ahead);

}  // namespace bigocean::server::budget
