// Rate limits in the memory of this process, for while Redis is away.
#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "server/product/budget/limiter.hpp"

namespace bigocean::server::budget {

/// Holds at most `keys_max` counts; beyond that the one used longest ago is forgotten, which favours its
/// caller.
class MemoryLimiter : public Limiter {
 public:
  using Now = std::function<milliseconds()>;  ///< rises; may begin anywhere

  explicit MemoryLimiter(std::size_t keys_max, Now now = {});

  Decision take(std::span<const Use> uses) override;
  void give_back(std::span<const Use> uses) override;

  std::size_t keys() const;
  /// Forgets everything.
  void clear();

 private:
  struct Entry {
    std::string key;
    milliseconds state;
  };
  using Entries = std::list<Entry>;  ///< the one used last comes first

  milliseconds state_of(const std::string& key, milliseconds now) const;
  void set(const std::string& key, milliseconds state);

  const std::size_t keys_max_;
  const Now now_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string, Entries::iterator> by_key_;
};

}  // namespace bigocean::server::budget
