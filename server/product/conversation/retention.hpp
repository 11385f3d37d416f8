// Removes expired conversations after a while, with everything except their costs.
#pragma once

#include "base/log.hpp"
#include "server/product/budget/ledger.hpp"
#include "server/product/settings/settings.hpp"
#include "sql/postgres/database.hpp"

namespace bigocean::server::conversation {

/// Thread-safe; any number of processes may work at once.
class Retention {
 public:
  /// All must outlive this.
  Retention(const product::Settings& settings, sql::Database& database, budget::Ledger& ledger,
            base::Logger& log)
      : settings_(settings.assessment), database_(database), ledger_(ledger), log_(log) {}

  /// Removes one batch. Returns whether there may be more. Without assessment.retention no conversation is
  /// removed, only accounts without data. Throws what the database throws.
  bool work();

 private:
  std::size_t remove_expired();

  const product::Settings::Assessment& settings_;
  sql::Database& database_;
  budget::Ledger& ledger_;
  base::Logger& log_;
};

}  // namespace bigocean::server::conversation
