// Runs a file in one transaction, together with its history row.
#pragma once

#include <string>

#include "sql/migrate/job.hpp"

namespace bigocean::sql::migrate {

/// What a transaction ended with.
enum class TransactionOutcome {
  kCommitted,
  kMustLeave  ///< the server says that a statement cannot run inside a transaction; nothing was done
};

/// Sends the job as few messages: an ordinary file is ONE, from BEGIN to COMMIT, so that the server's own
/// parser cuts it and a round trip is all it costs. Large files go in batches of whole statements (a single
/// message of 20 MB drives the server's memory to 230 MB), COPY data through the COPY protocol; all in one
/// transaction. A held lock is met by retries of the whole file. Sets `retries`. Throws what
/// with_lock_retries throws.
TransactionOutcome run_in_transaction(Bench& bench, const Job& job, int& retries);

/// Sends the job's statements into the transaction that is open, and leaves it open. Throws PlacedError; then
/// `blockers` has who was in the way.
void run_statements(Bench& bench, const Job& job, const Timeouts& timeouts, std::vector<Blocker>& blockers);

/// Cuts the text of a migration into parts that the history stores, at character boundaries. Inline data of a
/// binary COPY cannot be stored as text and is left out.
class TextParts {
 public:
  TextParts(std::string_view text, std::size_t part_bytes);
  bool done() const { return at_ >= text_.size() && number_ > 0; }
  /// SQL that stores the next part; empty when done.
  std::string next_sql(const History& history, const std::string& name);

 private:
  std::string_view text_;
  std::size_t part_bytes_;
  std::size_t at_ = 0;
  std::size_t number_ = 0;
};

/// Stores the whole text of a migration, in the transaction that is open on `connection`.
void store_text(Connection& connection, const History& history, const Migration& migration,
                std::int64_t part_bytes);

}  // namespace bigocean::sql::migrate
