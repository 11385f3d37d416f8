// The turns under way in this process: renews their leases, finds them for followers, and cancels them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/product/conversation/live_turn.hpp"
#include "server/product/conversation/records.hpp"
#include "sql/postgres/database.hpp"

namespace bigocean::server::conversation {

/// A turn's lease is short, so that a session is free soon after its process died, but a model may take long.
/// So a background thread calls renew_all() regularly. Thread-safe.
class Turns {
 public:
  /// `database` must outlive this.
  Turns(sql::Database& database, std::chrono::milliseconds lease) : database_(database), lease_(lease) {}

  std::chrono::milliseconds lease() const { return lease_; }

  /// A turn that begins after stop() is cancelled at once.
  void add(const std::shared_ptr<LiveTurn>& turn);
  void remove(const LiveTurn& turn);

  /// The latest turn of this session; null when none is under way in this process.
  std::shared_ptr<LiveTurn> find(const std::string& session_id) const;

  /// Throws what the database throws, as does cancel_asked().
  void renew_all();

  /// Cancels the turns that any process requested to cancel.
  void cancel_asked();

  /// For the end of the service: cancels every turn, and wakes all threads in rest().
  void stop();

  /// Waits between two checks of the database. Returns false when the service ends.
  bool rest(std::chrono::milliseconds duration) const;

 private:
  using Key = std::pair<std::string, std::int64_t>;  ///< session's id and number of the turn

  std::map<Key, std::shared_ptr<LiveTurn>> running() const;

  sql::Database& database_;
  const std::chrono::milliseconds lease_;
  mutable std::mutex mutex_;
  mutable std::condition_variable stopped_;
  std::map<Key, std::shared_ptr<LiveTurn>> running_;
  bool stopping_ = false;
};

}  // namespace bigocean::server::conversation
