// The turns under way in this process, each kept alive as long as it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>

#include "server/conversation/records.hpp"
#include "sql/database.hpp"

namespace bigocean::server::conversation {

/// A turn's lease is short, so that a session is free soon after its process died, and a model may take long.
/// So somebody renews the leases: renew_all(), every now and then. Thread-safe.
class Turns {
 public:
  /// `database` must outlive this.
  Turns(sql::Database& database, std::chrono::milliseconds lease) : database_(database), lease_(lease) {}

  std::chrono::milliseconds lease() const { return lease_; }

  void add(const SessionKey& key, std::int64_t turn);
  void remove(const SessionKey& key, std::int64_t turn);

  /// Throws what the database throws.
  void renew_all();

 private:
  using Key = std::pair<std::string, std::int64_t>;  ///< session's id and number of the turn

  sql::Database& database_;
  const std::chrono::milliseconds lease_;
  std::mutex mutex_;
  std::map<Key, SessionKey> running_;
};

}  // namespace bigocean::server::conversation
