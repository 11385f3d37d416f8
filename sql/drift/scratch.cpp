// A database that lives as long as a comparison, and the role that owns it.
#include "sql/drift/scratch.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <random>

namespace bigocean::sql::drift {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kPrefix = "bigocean_scratch_";
constexpr milliseconds kCreateTimeout = std::chrono::minutes(2);
constexpr milliseconds kDropTimeout = std::chrono::seconds(30);

std::string new_name() {
  std::random_device random;
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{}{:%Y%m%d%H%M%S}_{:08x}", kPrefix, fmt::gmtime(now), random());
}

}  // namespace

Connection connect_to_server(const config::Secret& server, const ConnectOptions& options) {
  try {
    return Connection::connect(server, options);
  } catch (ConnectError& error) {
    error.message = "the server for the scratch database: " + error.message;
    error.hint =
        "--scratch-url (BIGOCEAN_MIGRATE_SCRATCH_URL) names a server where the role may create databases";
    throw;
  }
}

Likeness likeness_of(Connection& connection, bool same_server) {
  // Columns whose names differ between versions are read as JSON. A backslash keeps a blank inside an option.
  const auto rows = connection.execute(R"(
    SELECT pg_encoding_to_char(encoding), concat('LOCALE_PROVIDER ', provider, format(' LC_COLLATE %L LC_CTYPE %L',
        datcollate, datctype), ' ' || upper(provider) || '_LOCALE ' || CASE WHEN provider <> 'libc' THEN quote_literal(
        coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale')) END,
        ' ICU_RULES ' || quote_literal(to_jsonb(d) ->> 'daticurules')),
      (SELECT coalesce(string_agg(format('-c %s=%s', name, regexp_replace(value, '([\\ ])', '\\\1', 'g')), ' '
                                  ORDER BY setrole <> 0, setdatabase <> 0), '')
       FROM pg_db_role_setting, unnest(setconfig) setting, LATERAL (
         SELECT split_part(setting, '=', 1) AS name, substr(setting, strpos(setting, '=') + 1) AS value) pair
       WHERE setdatabase IN (0, d.oid) AND setrole IN (0, current_user::regrole)
         AND pair.name NOT IN ('role', 'session_authorization', 'default_transaction_read_only')
         AND coalesce((SELECT context FROM pg_settings s WHERE s.name = pair.name), 'user') = 'user')
    FROM pg_database d, LATERAL (
      SELECT CASE datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS provider) named
    WHERE datname = current_database())");
  return {fmt::format("ENCODING '{}' {}", rows.at(0, 0),
                      same_server ? rows.at(0, 1) : "LOCALE_PROVIDER libc LOCALE 'C'"),
          rows.at(0, 2)};
}

Scratch::Scratch(const config::Secret& server, const Likeness& likeness, const ConnectOptions& options,
                 bool own_role)
    : server_(server), options_(options), name_(new_name()) {
  auto connection = connect_to_server(server_, options_);
  sweep(connection);
  maker_url_ = with_database(server_, name_, likeness.session_options, nullptr);
  try {
    auto login = own_role ? make_login(connection) : std::nullopt;
    url_ = login ? with_database(server_, name_, likeness.session_options, &*login) : maker_url_;
    make_database(connection, likeness);
    if (login && !logs_in(*login, connection, likeness)) {
      drop_now();
      role_.clear();
      url_ = maker_url_;
      make_database(connection, likeness);
    }
  } catch (...) {
    drop();
    throw;
  }
}

Scratch::~Scratch() { drop(); }

std::optional<ScratchLogin> Scratch::make_login(Connection& connection) {
  why_no_role_ = why_no_roles(connection);
  if (!why_no_role_.empty()) return std::nullopt;
  auto login = new_login(name_);
  role_ = name_;
  exists_ = true;
  try {
    create_role(connection, login);
  } catch (const SqlError& error) {
    role_.clear();
    why_no_role_ = "cannot create a role: " + error.message;
    return std::nullopt;
  }
  return login;
}

void Scratch::make_database(Connection& connection, const Likeness& likeness) {
  Connection::Limits limits;
  limits.timeout = kCreateTimeout;
  exists_ = true;  // a signal may come when the server has made it and has not answered yet
  try {
    connection.execute(fmt::format("CREATE DATABASE {}{} TEMPLATE template0 {}", name_,
                                   role_.empty() ? "" : " OWNER " + role_, likeness.create_options),
                       limits);
  } catch (SqlError& error) {
    error.message = fmt::format("cannot create a scratch database on {}:{}: {}", connection.host(),
                                connection.port(), error.message);
    error.hint = error.sqlstate == "42501"
                     ? fmt::format(
                           "ALTER ROLE {} CREATEDB, or name a server where the role may create databases, a "
                           "throwaway one for example: --scratch-url URL",
                           connection.quote_identifier(connection.user()))
                     : "--scratch-url URL names another server, a throwaway one for example";
    throw;
  }
}

bool Scratch::logs_in(ScratchLogin& login, const Connection& connection, const Likeness& likeness) {
  if (logs_in()) return true;
  // Many servers authenticate by the system's user over a socket, and by password over TCP. If another server
  // answers there, it does not know the role.
  if (!connection.host().starts_with('/')) return false;
  const std::string why = why_no_role_;
  login.tcp_port = connection.port();
  url_ = with_database(server_, name_, likeness.session_options, &login);
  if (logs_in()) return true;
  why_no_role_ = why;
  return false;
}

bool Scratch::logs_in() {
  try {
    Connection::connect(url_, options_);
    return true;
  } catch (const ConnectError& error) {
    const bool refused = !error.transient || error.stage == ConnectStage::kTcp;
    if (!refused || error.code != base::ExitCode::kUnreachable) throw;
    why_no_role_ = "a new role cannot log in: " + error.message;
    return false;
  }
}

void Scratch::sweep(Connection& connection) {
  const auto old = connection.execute(fmt::format(R"(
    SELECT name, kind FROM (
      SELECT datname AS name, 'DATABASE' AS kind FROM pg_database d
      WHERE pg_has_role(datdba, 'USAGE')
        AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)
      UNION ALL
      SELECT rolname, 'ROLE' FROM pg_roles WHERE pg_has_role(oid, 'USAGE')) scratch
    WHERE name ~ '^{0}\d{{14}}_'
      AND substr(name, {1}, 14) < to_char(now() AT TIME ZONE 'UTC' - interval '1 hour', 'YYYYMMDDHH24MISS')
    ORDER BY kind)",
                                                  kPrefix, kPrefix.size() + 1));
  for (std::size_t i = 0; i < old.rows.size(); ++i) {
    try {
      connection.execute(
          fmt::format("DROP {} IF EXISTS {}", old.at(i, 1), connection.quote_identifier(old.at(i, 0))));
      if (old.at(i, 1) == "DATABASE") swept_.push_back(old.at(i, 0));
    } catch (const SqlError&) {
      // Another session drops or uses it.
    }
  }
}

bool Scratch::drop() noexcept {
  try {
    drop_now();
  } catch (const std::exception&) {
    return false;
  }
  return true;
}

void Scratch::drop_now() {
  if (!exists_) return;
  // A connection of its own: the first one may have been lost, and a signal must not stop this.
  auto options = options_;
  options.interrupt = nullptr;
  Connection::Limits limits;
  limits.timeout = kDropTimeout;
  auto connection = Connection::connect(server_, options);
  const auto sql = fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_);
  try {
    connection.execute(sql, limits);
  } catch (const SqlError&) {
    let_go(connection);
    connection.execute(sql, limits);
  }
  if (!role_.empty()) connection.execute("DROP ROLE IF EXISTS " + role_, limits);
  exists_ = false;
}

/// Undoes what an owner can do that keeps its database from being dropped.
void Scratch::let_go(Connection& connection) {
  Connection::Limits limits;
  limits.timeout = kDropTimeout;
  connection.execute(fmt::format("ALTER DATABASE {0} IS_TEMPLATE false", name_), limits);
  connection.execute(fmt::format("ALTER DATABASE {0} ALLOW_CONNECTIONS true", name_), limits);
  const auto prepared = connection.execute(
      fmt::format("SELECT gid FROM pg_prepared_xacts WHERE database = '{}'", name_), limits);
  if (prepared.rows.empty()) return;
  auto options = options_;
  options.interrupt = nullptr;
  auto inside = Connection::connect(url_, options);
  for (std::size_t i = 0; i < prepared.rows.size(); ++i)
    inside.execute("ROLLBACK PREPARED " + inside.quote_literal(prepared.at(i, 0)), limits);
}

}  // namespace bigocean::sql::drift
