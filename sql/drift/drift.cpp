// Does the database look as its migrations say? And: what does it look like?
#include "sql/drift/drift.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/version.hpp"
#include "sql/connect_wait.hpp"
#include "sql/drift/catalog.hpp"
#include "sql/drift/replay.hpp"
#include "sql/drift/schema_text.hpp"
#include "sql/drift/scratch.hpp"
#include "sql/drift/server_wide.hpp"

namespace bigocean::sql::drift {
namespace {

ConnectOptions connect_options(const config::Settings& settings, const base::Interrupt* interrupt) {
  ConnectOptions options;
  options.application_name = fmt::format("bigocean-drift/{}", base::version());
  options.timeout = settings.database.connect_timeout;
  options.interrupt = interrupt;
  return options;
}

const config::Secret& url_of(const config::Settings& settings) {
  return settings.database.unpooled_url.empty() ? settings.database.url : settings.database.unpooled_url;
}

}  // namespace

bool Drift::found() const {
  return std::any_of(differences.begin(), differences.end(),
                     [](const Difference& difference) { return difference.change != Change::kOrder; });
}

Drift find_drift(const config::Settings& settings, const migrate::Overview& overview,
                 const std::vector<std::string>& ignored, migrate::Sink& sink,
                 const base::Interrupt* interrupt) {
  const auto options = connect_options(settings, interrupt);
  auto connection = Connection::connect(url_of(settings), options);
  const auto applied = applied_migrations(overview.plan, connection, settings.migrate.schema, sink);

  const auto& scratch_server = settings.migrate.scratch_url;
  if (scratch_server.empty()) refuse_server_wide(applied);
  Scratch scratch(scratch_server.empty() ? url_of(settings) : scratch_server,
                  likeness_of(connection, scratch_server.empty()), options);
  for (const auto& name : scratch.swept())
    tell(sink, "dropped " + name + ", which a killed run had left behind");
  replay(settings, scratch.url(), applied, sink, interrupt);

  auto replayed = Connection::connect(scratch.url(), options);
  if (replayed.server_version() / 10000 != connection.server_version() / 10000) {
    warn(sink, fmt::format("the scratch server is PostgreSQL {}, the database's {}: they may write the same "
                           "definition differently",
                           replayed.parameter("server_version"), connection.parameter("server_version")));
  }
  auto expected = describe(replayed, settings.migrate.schema, settings.migrate.lock_timeout);
  auto actual = describe(connection, settings.migrate.schema, settings.migrate.lock_timeout);
  for (const auto& pattern : ignored) {
    ignore(expected, pattern);
    ignore(actual, pattern);
  }
  if (!scratch.drop()) {
    warn(sink, fmt::format("the scratch database could not be dropped: DROP DATABASE {} WITH (FORCE)",
                           scratch.name()));
  }
  return {applied.size(), compare(expected, actual)};
}

std::string dump(const config::Settings& settings, migrate::Sink& sink, const base::Interrupt* interrupt) {
  const auto tell_wait = [&](const ConnectError& error) {
    migrate::Event event;
    event.kind = migrate::EventKind::kServerWait;
    event.text = error.message;
    sink.on(event);
  };
  auto connection = connect_waiting(url_of(settings), connect_options(settings, interrupt),
                                    settings.migrate.wait, tell_wait);
  return schema_text(describe(connection, settings.migrate.schema, settings.migrate.lock_timeout));
}

}  // namespace bigocean::sql::drift
