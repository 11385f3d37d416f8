// The interface of a rate limiter.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/product/budget/gcra.hpp"

namespace bigocean::server::budget {

/// One limit for one caller.
struct Use {
  Limit limit;
  std::string subject;  ///< "user:7f…", "address:203.0.113.7"
};

struct TakeResult {
  bool allowed = true;             ///< allowed and counted by all limits; else counted by none
  std::vector<Standing> standing;  ///< in the order of the uses
};

/// The result on taking one of each limit, or none, while their states are `ahead` of now, in the order of
/// the uses.
TakeResult result_of(std::span<const Use> uses, std::span<const milliseconds> ahead);

/// Thread-safe.
class Limiter {
 public:
  virtual ~Limiter() = default;

  /// Takes one of each limit, or none. No two of `uses` may be the same limit for the same subject.
  virtual TakeResult take(std::span<const Use> uses) = 0;

  /// Undoes an allowed take() whose action did not happen.
  virtual void give_back(std::span<const Use> uses) = 0;
};

}  // namespace bigocean::server::budget
