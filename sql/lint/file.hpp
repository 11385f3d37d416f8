// A migration's "up" part, read for lint and plan: statements with their steps, transactions, allow lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/lint/statement.hpp"
#include "sql/migrate/run/job.hpp"

namespace bigocean::sql::lint {

/// `-- bigocean: allow <rule> <reason>`; it counts for the whole part.
struct Allow {
  std::string_view rule;
  std::string_view reason;
  std::size_t offset = 0;  ///< of its line in the file
};

/// Views into the job that it was read from, which must outlive it.
struct File {
  const migrate::Job* job = nullptr;
  bool transaction = true;                ///< the whole part is one
  std::vector<ReadStatement> statements;  ///< of consecutive INSERTs into one table the first
  /// For each statement the number of its transaction; statements with the same number share one.
  std::vector<std::size_t> transactions;
  std::vector<Allow> allows;

  /// Where in the file a byte of a statement is.
  std::size_t offset(const ReadStatement& read, std::size_t in_statement) const {
    return job->text_begin + read.statement->begin + in_statement;
  }
};

File read_file(const migrate::Job& job);

}  // namespace bigocean::sql::lint
