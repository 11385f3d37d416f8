// Compares the database with its migrations, and writes its schema as SQL.
#include "sql/drift/drift.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/version.hpp"
#include "sql/drift/catalog.hpp"
#include "sql/drift/extensions.hpp"
#include "sql/drift/owners.hpp"
#include "sql/drift/prelude.hpp"
#include "sql/drift/reach.hpp"
#include "sql/drift/replay.hpp"
#include "sql/drift/schema_text.hpp"
#include "sql/drift/scratch.hpp"
#include "sql/drift/server_wide.hpp"
#include "sql/postgres/connect_wait.hpp"

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

/// A session that may wait while the files are replayed.
Connection connect_patient(const config::Secret& url, const ConnectOptions& options) {
  auto connection = Connection::connect(url, options);
  if (connection.server_version() >= 140000) connection.execute("SET idle_session_timeout = 0");
  return connection;
}

/// Whether `server` is the server of `connection`: two servers do not start in the same microsecond.
bool leads_to(const config::Secret& server, Connection& connection, const ConnectOptions& options) {
  constexpr std::string_view kStart = "SELECT extract(epoch FROM pg_catalog.pg_postmaster_start_time())";
  auto other = connect_to_server(server, options);
  return other.execute(kStart).at(0, 0) == connection.execute(kStart).at(0, 0);
}

void rename(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// The scratch database as the migrations made it: without what no file asked for, and with the live role in
/// place of the scratch role.
void clean(Description& expected, const Scratch& scratch, const std::string& live_user,
           const MadeBefore& made, const Connection& connection) {
  const auto is_unasked = [&](const Object& object) {
    const auto is_in = [&](const std::set<std::string>& names) {
      return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return object.identity == connection.quote_identifier(name) || object.identity == name;
      });
    };
    return (object.kind == "extension" && is_in(made.unasked_extensions)) ||
           (object.kind == "schema" && is_in(made.unasked_schemas));
  };
  std::erase_if(expected.objects, is_unasked);
  if (scratch.role().empty()) return;
  for (auto& object : expected.objects) {
    rename(object.identity, scratch.role(), live_user);
    rename(object.definition, scratch.role(), live_user);
  }
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
  const auto& schema = settings.migrate.schema;
  auto prelude = read_prelude(settings.migrate.prelude);
  auto connection = connect_patient(url_of(settings), options);
  const auto live_user = connection.execute("SELECT current_user, quote_ident(current_user)");
  auto files = applied_migrations(overview.plan, connection, schema, sink);
  const auto count = files.size();
  auto actual = describe(connection, schema, settings.migrate.lock_timeout);
  if (auto tables = adopted_tables(connection, schema, actual, files))
    files.insert(files.begin(), std::move(*tables));
  if (prelude) files.insert(files.begin(), std::move(*prelude));

  const auto& server = settings.migrate.scratch_url.empty() ? url_of(settings) : settings.migrate.scratch_url;
  const bool own_server = settings.migrate.scratch_url.empty() || leads_to(server, connection, options);
  if (own_server) refuse_server_wide(files);
  Scratch scratch(server, likeness_of(connection, own_server), options, own_server);
  for (const auto& name : scratch.swept())
    note(sink, "dropped " + name + ", which a killed run had left behind");
  if (own_server && scratch.role().empty()) refuse_unknown_reach(files, scratch.why_no_role());

  auto maker = connect_patient(scratch.maker_url(), options);
  const auto made = make_extensions(connection, maker, files, scratch.role());
  const bool own_role = !scratch.role().empty();
  const auto deferred = own_role ? take_out_owners(files, live_user.at(0, 0), made) : std::vector<Deferred>{};
  replay(settings, scratch.url(), files, own_role, sink, interrupt);
  run_deferred(maker, deferred, sink);

  auto replayed = Connection::connect(scratch.url(), options);
  if (replayed.server_version() / 10000 != connection.server_version() / 10000) {
    warn(sink, fmt::format("the scratch server is PostgreSQL {}, the database's {}: they may write the same "
                           "definition differently",
                           replayed.parameter("server_version"), connection.parameter("server_version")));
  }
  auto expected = describe(replayed, schema, settings.migrate.lock_timeout);
  clean(expected, scratch, live_user.at(0, 1), made, connection);
  remove_owners_grants(expected, connection, live_user.at(0, 1));
  for (const auto& pattern : ignored) {
    ignore(expected, pattern);
    ignore(actual, pattern);
  }
  if (!scratch.drop()) {
    warn(sink,
         fmt::format(
             "the scratch database {}{} could not be dropped; the first drift that runs an hour from now, or "
             "later, drops it",
             scratch.name(), own_role ? fmt::format(" (and its role {})", scratch.role()) : ""));
  }
  return {count, compare(expected, actual)};
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
