// How long a statement of a migration may wait for locks and may run, and where that was set.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "sql/migrate/run/failure.hpp"
#include "sql/migrate/source/file.hpp"
#include "sql/migrate/source/lexer.hpp"

namespace bigocean::sql::migrate {

struct Timeouts {
  std::chrono::milliseconds lock{0};       ///< 0: none
  std::chrono::milliseconds statement{0};  ///< 0: none
  /// Where each was set, for messages: "migrate.lock_timeout", "lock-timeout= in the file".
  std::string_view lock_from{}, statement_from{};
};

/// Per class of work: strong locks are waited for briefly, since every other session queues behind the
/// waiter; pure data changes and CONCURRENTLY block no other session while they wait, and get longer limits.
Timeouts file_timeouts(const Script& script, const FileOptions& options,
                       const config::Settings::Migrate& settings);
Timeouts statement_timeouts(const Statement& statement, const FileOptions& options,
                            const config::Settings::Migrate& settings);

/// Whether a statement sets the setting of that name, in capitals; `session_only`: for longer than its
/// transaction.
bool sets_setting(const Statement& statement, std::string_view setting, bool session_only);

/// Adds to a failure which time-out ended the statement, how long it was and where it was set, and what to
/// do. Does nothing if neither a time-out nor a cancel request ended it.
void explain_timeout(MigrationError& failure, const SqlError& cause, const Timeouts& timeouts);

}  // namespace bigocean::sql::migrate
