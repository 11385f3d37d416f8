// Makes the analyses that are due, outside of requests.
#pragma once

#include "base/log.hpp"
#include "base/span.hpp"
#include "server/product/budget/ledger.hpp"
#include "server/product/conversation/jobs.hpp"
#include "server/product/conversation/paid_model.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::conversation {

/// Thread-safe.
class Analyst {
 public:
  /// All must outlive this. `tracer` takes a trace of each job, and may be null.
  Analyst(const product::Settings& settings, sql::Database& database, budget::Ledger& ledger,
          const PaidModel& model, base::Logger& log, base::Tracer* tracer = nullptr);

  /// Does the next job that is due. Returns false if there was none. Throws what the database throws; the job
  /// then becomes due again by itself.
  bool work();

  /// Cancels a running call to the model; its job becomes due again.
  void stop() { stopping_ = true; }

  Jobs& jobs() { return jobs_; }

 private:
  struct Task;
  void analyse(const Job& job);
  /// Reads the job's part of the conversation and reserves its cost; nothing when there is nothing to
  /// analyse.
  std::optional<Task> prepare(const Job& job);
  /// Stores the evidence, scores all evidence so far, and settles, in one transaction. An analysis that the
  /// model refuses counts as one without evidence: it would be refused again, and its messages are not
  /// analysed again. Returns the reason of a failure, or an empty text.
  std::string finish(const Job& job, const Task& task, const CallOutcome& outcome);
  /// `is_useless_reply`: there was a reply, and it could not be used.
  void retry(const Job& job, const std::string& reason, bool is_useless_reply);

  const product::Settings& settings_;
  sql::Database& database_;
  budget::Ledger& ledger_;
  const PaidModel& model_;
  base::Logger& log_;
  base::Tracer* const tracer_;
  Jobs jobs_;
  std::atomic<bool> stopping_{false};
};

}  // namespace bigocean::server::conversation
