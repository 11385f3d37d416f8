// Runs a file in one transaction, together with its history row.
#pragma once

#include <string>

#include "sql/migrate/run/job.hpp"

namespace bigocean::sql::migrate {

/// What a transaction ended with.
enum class TransactionOutcome {
  kCommitted,
  kMustLeave  ///< the server says that a statement cannot run inside a transaction, or uses an enum value
              ///< that must be committed first; nothing was done
};

/// Sends the job as few messages: an ordinary file is ONE, from BEGIN to COMMIT, so that the server's own
/// parser cuts it and a round trip is all it costs. Large files go in batches of whole statements (a single
/// message of 20 MB drives the server's memory to 230 MB), many INSERTs of one row with parameters, so that
/// the server parses and plans them once, COPY data through the COPY protocol; all in one transaction. If a
/// lock is held, the whole file is retried. Sets `retries`. Throws what with_lock_retries throws. A file that
/// others of the run follow is committed without waiting for the disk; make_durable() ends the run.
TransactionOutcome run_in_transaction(RunContext& context, const Job& job, int& retries);

/// Waits until all that was committed is on the disk, by writing the row of the applied file `name` once
/// more. Never throws; after a signal too.
void make_durable(Connection& connection, const History& history, const std::string& name);

/// Sends the job's statements into the transaction that is open, and leaves it open. Throws PlacedError; then
/// `blockers` has the sessions that blocked it.
void run_statements(RunContext& context, const Job& job, const Timeouts& timeouts,
                    std::vector<Blocker>& blockers);

/// Stores the whole text of a migration in parts of about `part_bytes`, in the transaction that is open on
/// `connection`. Inline data of a binary COPY cannot be stored as text and is left out.
void store_text(Connection& connection, const History& history, const Migration& migration,
                std::int64_t part_bytes, const Connection::Limits& limits = {});

}  // namespace bigocean::sql::migrate
