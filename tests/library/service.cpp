// A service that applies its migrations, checks its database, and speaks to it by libpq of its own.
#include <libpq-fe.h>

#include <bigocean/check.hpp>
#include <bigocean/migrate.hpp>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace foreign {
std::span<const bigocean::MigrationFile> migrations();  // by bigocean_embed()
}

int main() {
  bigocean::MigrateOptions options;
  options.database_url = std::getenv("DATABASE_URL");
  options.files = [] {
    const auto files = foreign::migrations();
    return std::vector<bigocean::MigrationFile>(files.begin(), files.end());
  };
  const auto result = bigocean::migrate(options, [](const bigocean::Event& event) {
    if (event.kind == bigocean::EventKind::kFileDone) std::printf("done %s\n", event.migration.c_str());
  });
  if (!result.ok()) {
    std::printf("failed %s: %s\n", result.failed.c_str(), result.error->message.c_str());
    return static_cast<int>(result.error->code);
  }
  const auto checked = bigocean::check_postgresql({.url = options.database_url});
  PGconn* connection = PQconnectdb(options.database_url.c_str());
  PGresult* orders = PQexec(connection, "SELECT sum(total_cents) FROM orders");
  std::printf("applied %zu, before %zu, fit %d, orders %s\n", result.applied.size(), result.already_applied,
              checked.ok(), PQgetvalue(orders, 0, 0));
  PQclear(orders);
  PQfinish(connection);
}
