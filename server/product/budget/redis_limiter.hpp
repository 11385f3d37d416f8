// Rate limits in Redis, by its clock, shared by all processes.
#pragma once

#include "redis/store.hpp"
#include "server/product/budget/limiter.hpp"

namespace bigocean::server::budget {

/// Thread-safe. Throws what the store throws.
class RedisLimiter : public Limiter {
 public:
  /// `store` must outlive this.
  explicit RedisLimiter(redis::Store& store);

  TakeResult take(std::span<const Use> uses) override;
  void give_back(std::span<const Use> uses) override;

  /// "bigocean:limit:{user:7f…}:messages": the hash tag keeps the keys of one subject together in a cluster.
  static std::string key_of(const Use& use);

 private:
  redis::Store& store_;
  redis::Script take_;
  redis::Script give_back_;
};

}  // namespace bigocean::server::budget
