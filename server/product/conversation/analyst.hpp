// Makes the analyses that are due, off the request path.
#pragma once

#include "base/log.hpp"
#include "server/product/budget/ledger.hpp"
#include "server/product/conversation/jobs.hpp"
#include "server/product/conversation/paid_model.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::conversation {

/// Thread-safe.
class Analyst {
 public:
  /// All must outlive this.
  Analyst(const product::Settings& settings, sql::Database& database, budget::Ledger& ledger,
          const PaidModel& model, base::Logger& log);

  /// Does the next job that is due. False: there was none. Throws what the database throws; the job then
  /// comes back by itself.
  bool work();

  /// Ends a call to the model that is under way; its job comes back.
  void stop() { stopping_ = true; }

  Jobs& jobs() { return jobs_; }

 private:
  struct Task;
  void analyse(const Job& job);
  /// Reads the job's part of the conversation and reserves; nothing where there is nothing to ask.
  std::optional<Task> prepare(const Job& job);
  /// Stores what was found, scores all evidence so far, settles: all or nothing. An analysis that the model
  /// refuses is one that found nothing: it would be refused again, and its messages are not read again.
  /// Returns why it is a failure, or an empty text.
  std::string finish(const Job& job, const Task& task, const CallOutcome& outcome);
  /// `is_useless_reply`: there was a reply, and it bore nothing.
  void retry(const Job& job, const std::string& reason, bool is_useless_reply);

  const product::Settings& settings_;
  sql::Database& database_;
  budget::Ledger& ledger_;
  const PaidModel& model_;
  base::Logger& log_;
  Jobs jobs_;
  std::atomic<bool> stopping_{false};
};

}  // namespace bigocean::server::conversation
