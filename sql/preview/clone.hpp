// A database with the live one's schema and none of its rows, in which anything may be tried.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "sql/drift/scratch.hpp"
#include "sql/migrate/source/file.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::preview {

/// Lives as long as the preview. What runs there runs as a role that can do nothing elsewhere.
class Clone {
 public:
  /// Makes a scratch database on the live server (or on settings.migrate.scratch_url) and loads the schema of
  /// the database of `live`, without user mappings, subscriptions and event triggers; owners become the
  /// scratch role. `pending` says which extensions will be asked for. Throws base::Error(kUsage) where no
  /// role of its own can be made, and what Scratch and describe() throw.
  Clone(const config::Settings& settings, Connection& live, const std::vector<migrate::Migration>& pending,
        const base::Interrupt* interrupt);

  /// The session in which files are tried.
  Connection& connection() { return *connection_; }
  /// Another one, connected when it is first asked for.
  Connection& observer();
  /// What could not be made in it, each with the server's reason.
  const std::vector<std::string>& missing() const { return missing_; }
  const std::string& name() const { return scratch_->name(); }
  /// Drops the database; false if the server refused.
  bool drop() noexcept;

 private:
  void load(Connection& live, const config::Settings& settings, Connection& maker,
            const std::vector<migrate::Migration>& pending);

  ConnectOptions options_;
  std::unique_ptr<drift::Scratch> scratch_;
  std::optional<Connection> connection_, observer_;
  std::vector<std::string> missing_;
};

}  // namespace bigocean::sql::preview
