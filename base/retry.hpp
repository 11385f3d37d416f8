// Backoff with jitter, for everything that is retried.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace bigocean::base {

/// Exponential backoff with full jitter: the n-th pause is uniform in [base, min(cap, base·2ⁿ)], so that many
/// processes that failed together do not retry together. Not thread-safe.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds base, std::chrono::milliseconds cap)
      : base_(base), cap_(cap), ceiling_(base), random_(std::random_device{}()) {}

  std::chrono::milliseconds next() {
    ceiling_ = std::min(cap_, ceiling_ * 2);
    return std::chrono::milliseconds{std::uniform_int_distribution<std::chrono::milliseconds::rep>(
        base_.count(), ceiling_.count())(random_)};
  }

 private:
  std::chrono::milliseconds base_;
  std::chrono::milliseconds cap_;
  std::chrono::milliseconds ceiling_;
  std::minstd_rand random_;
};

}  // namespace bigocean::base
