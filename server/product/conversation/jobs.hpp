// The durable queue of analyses. A job survives the death of its worker.
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
  std::int64_t useless_replies = 0;  ///< paid replies of earlier attempts that could not be used
  std::string request_id{};          ///< of the request that caused it; may be empty
};

/// Thread-safe; any number of processes may use the same database. All functions throw what the database
/// throws.
class Jobs {
 public:
  /// `database` must outlive this.
  explicit Jobs(sql::Database& database) : database_(database) {}

  /// Adds a job, once for each message that still exists, in the transaction that causes it. `request_id` is
  /// that of the request, for the log.
  static void add(sql::Pipeline& pipeline, const SessionKey& key, std::int64_t through_position,
                  const std::string& request_id);

  /// Takes the oldest job that is due, and hides it from other workers for `lease`. If its worker dies, it is
  /// due again after that. A session's jobs are taken one after the other.
  std::optional<Job> take(std::chrono::milliseconds lease);

  /// Removes a job that is done, in the transaction that stores its result. False if another worker has done
  /// it.
  static sql::Pending<bool> finish(sql::Pipeline& pipeline, const Job& job);

  /// How an attempt went wrong.
  struct JobFailure {
    std::string reason;
    bool is_useless_reply = false;  ///< there was a reply, and it is paid for
    bool is_last = false;           ///< the job stays as dead
  };
  /// Records a failed attempt. The job is retried after `wait`, unless it is dead.
  void fail(const Job& job, const JobFailure& failure, std::chrono::milliseconds wait);
  /// Delays a job that did not fail itself: the attempt does not count.
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
