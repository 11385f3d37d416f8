// The arithmetic of a rate limit: a generic cell rate algorithm, in whole microseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace bigocean::server::budget {

using std::chrono::microseconds;

/// `quota` times in `window`: all at once at first, then one more each window / quota.
struct Limit {
  std::string name;  ///< in headers and keys: "messages"
  std::int64_t quota = 0;
  std::chrono::seconds window{};

  microseconds interval() const { return microseconds(window) / quota; }
  microseconds burst() const { return interval() * quota; }  ///< the window, less what the division drops
};

/// Where one caller stands with one limit. The state behind it is one time, at which everything that was
/// taken is given back.
struct Standing {
  bool allowed = false;
  std::int64_t remaining = 0;   ///< that may still be taken now
  microseconds retry_after{0};  ///< until one more is allowed; 0 when this one was
  microseconds reset{0};        ///< until the whole quota is there again
};

/// Where a caller stands who takes one more at `now`, and if `allowed` the state then. A state further ahead
/// than the burst (a clock that was set back, a limit that was lowered) counts as the burst: nobody is locked
/// out for longer than a window.
struct Taken {
  Standing standing;  ///< as if it were taken, when it is allowed
  microseconds state;
};
Taken take_one(const Limit& limit, microseconds state, microseconds now);

/// The standing of one who has not taken anything at `now`, since another limit has refused.
Standing look(const Limit& limit, microseconds state, microseconds now);

}  // namespace bigocean::server::budget
