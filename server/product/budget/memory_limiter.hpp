// Rate limits in the memory of this process, used while Redis is unreachable.
#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "server/product/budget/limiter.hpp"

namespace bigocean::server::budget {

/// Thread-safe. Keeps at most `keys_max` counts; beyond that the least recently used one is dropped, which
/// gives its caller a full quota.
class MemoryLimiter : public Limiter {
 public:
  using Now = std::function<milliseconds()>;  ///< a monotonic clock with any start

  explicit MemoryLimiter(std::size_t keys_max, Now now = {});

  TakeResult take(std::span<const Use> uses) override;
  void give_back(std::span<const Use> uses) override;

  std::size_t keys() const;
  /// Forgets everything.
  void clear();

 private:
  struct Entry {
    std::string key;
    milliseconds state;
  };
  using Entries = std::list<Entry>;  ///< the most recently used one first

  milliseconds state_of(const std::string& key, milliseconds now) const;
  void set(const std::string& key, milliseconds state);

  const std::size_t keys_max_;
  const Now now_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string, Entries::iterator> by_key_;
};

}  // namespace bigocean::server::budget
