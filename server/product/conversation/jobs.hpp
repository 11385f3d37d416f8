// The queue of analyses: durable, taken by whoever is free, never lost with its worker.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "server/product/conversation/records.hpp"
#include "sql/postgres/database.hpp"

namespace bigocean::server::conversation {

struct Job {
  SessionKey key;
  std::int64_t through_position = 0;
  std::int64_t attempts = 0;         ///< this one included
  std::int64_t useless_replies = 0;  ///< that were paid for in earlier attempts, and bore nothing
  std::string request_id{};          ///< of the message that gave cause for it; may be empty
};

/// Thread-safe; any number of processes may use the same database. All functions throw what the database
/// throws.
class Jobs {
 public:
  /// `database` must outlive this.
  explicit Jobs(sql::Database& database) : database_(database) {}

  /// Once for each message, if it is still there, in the transaction that gives cause for it.
  /// `request_id`: of the request that gives it, for the log.
  static void add(sql::Pipeline& pipeline, const SessionKey& key, std::int64_t through_position,
                  const std::string& request_id);

  /// The oldest that is due, out of sight of others for `lease`: it comes back when its worker dies. A
  /// session's jobs are taken one after the other.
  std::optional<Job> take(std::chrono::milliseconds lease);

  /// Done, in the transaction that stores what it found. False: somebody else has done it.
  static sql::Pending<bool> finish(sql::Pipeline& pipeline, const Job& job);

  /// How an attempt went wrong.
  struct JobFailure {
    std::string reason;
    bool is_useless_reply = false;  ///< there was one, and it is paid for
    bool is_last = false;           ///< the job stays as dead
  };
  /// To be tried again after `wait`, unless it is dead.
  void fail(const Job& job, const JobFailure& failure, std::chrono::milliseconds wait);
  /// To be done later, through no fault of its own: the attempt does not count.
  void postpone(const Job& job, std::chrono::milliseconds wait);

  struct Counts {
    std::int64_t waiting = 0;
    std::int64_t dead = 0;
  };
  Counts counts();

 private:
  sql::Database& database_;
};

}  // namespace bigocean::server::conversation
