// A database that lives as long as a comparison.
#include "sql/drift/scratch.hpp"
#include "config/libpq.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <memory>
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

Connection connect_to(const config::Secret& server, const ConnectOptions& options) {
  try {
    return Connection::connect(server, options);
  } catch (ConnectError& error) {
    error.message = "the server for the scratch database: " + error.message;
    error.hint = "--scratch-url (BIGOCEAN_MIGRATE_SCRATCH_URL) leads to a server where databases may be made";
    throw;
  }
}

/// `server` with another database, as keyword=value pairs. The URL has been connected to: it can be parsed.
config::Secret with_database(const config::Secret& server, const std::string& name,
                             const std::string& session_options) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      config::libpq().PQconninfoParse(server.reveal().c_str(), nullptr), config::libpq().PQconninfoFree);
  std::string text;
  const auto add = [&](std::string_view key, std::string_view value) {
    text += fmt::format("{}='", key);
    for (const char c : value) {
      if (c == '\'' || c == '\\') text += '\\';
      text += c;
    }
    text += "' ";
  };
  std::string all_options = session_options;
  for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    const std::string_view key = option->keyword;
    if (option->val == nullptr || key == "dbname") continue;
    if (key == "options") {
      all_options += fmt::format(" {}", option->val);
    } else {
      add(key, option->val);
    }
  }
  add("dbname", name);
  if (!all_options.empty()) add("options", all_options);
  return config::Secret(text);
}

}  // namespace

Likeness likeness_of(Connection& connection, bool same_server) {
  // What has another name in another version is read as JSON. A backslash keeps a blank inside an option.
  const auto rows = connection.execute(R"(
    SELECT pg_encoding_to_char(encoding), concat('LOCALE_PROVIDER ', provider, format(' LC_COLLATE %L LC_CTYPE %L',
        datcollate, datctype), ' ' || upper(provider) || '_LOCALE ' || CASE WHEN provider <> 'libc' THEN quote_literal(
        coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale')) END,
        ' ICU_RULES ' || quote_literal(to_jsonb(d) ->> 'daticurules')),
      (SELECT coalesce(string_agg(format('-c %s=%s', name, regexp_replace(value, '([\\ ])', '\\\1', 'g')), ' '
                                  ORDER BY setrole), '')
       FROM pg_db_role_setting, unnest(setconfig) setting, LATERAL (
         SELECT split_part(setting, '=', 1) AS name, substr(setting, strpos(setting, '=') + 1) AS value) pair
       WHERE setdatabase = d.oid AND setrole IN (0, current_user::regrole)
         AND coalesce((SELECT context FROM pg_settings s WHERE s.name = pair.name), 'user') = 'user')
    FROM pg_database d, LATERAL (
      SELECT CASE datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS provider) named
    WHERE datname = current_database())");
  return {fmt::format("ENCODING '{}' {}", rows.at(0, 0),
                      same_server ? rows.at(0, 1) : "LOCALE_PROVIDER libc LOCALE 'C'"),
          rows.at(0, 2)};
}

Scratch::Scratch(const config::Secret& server, const Likeness& likeness, const ConnectOptions& options)
    : server_(server), options_(options), name_(new_name()) {
  auto connection = connect_to(server_, options_);
  sweep(connection);
  url_ = with_database(server_, name_, likeness.session_options);
  Connection::Limits limits;
  limits.timeout = kCreateTimeout;
  exists_ = true;  // a signal may come when the server has made it and not said so yet
  try {
    connection.execute(
        fmt::format("CREATE DATABASE {} TEMPLATE template0 {}", name_, likeness.create_options), limits);
  } catch (SqlError& error) {
    drop();
    error.message = fmt::format("cannot make a scratch database on {}:{}: {}", connection.host(),
                                connection.port(), error.message);
    error.hint = error.sqlstate == "42501"
                     ? fmt::format(
                           "ALTER ROLE \"{}\" CREATEDB, or name a server where databases may be made, a "
                           "throwaway one for example: --scratch-url URL",
                           connection.user())
                     : "--scratch-url URL takes another server, a throwaway one for example";
    throw;
  } catch (...) {
    drop();
    throw;
  }
}

Scratch::~Scratch() { drop(); }

void Scratch::sweep(Connection& connection) {
  const auto old = connection.execute(fmt::format(R"(
    SELECT datname FROM pg_database d
    WHERE datname ~ '^{0}\d{{14}}_' AND pg_has_role(datdba, 'USAGE')
      AND substr(datname, {1}, 14) < to_char(now() AT TIME ZONE 'UTC' - interval '1 hour', 'YYYYMMDDHH24MISS')
      AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid))",
                                                  kPrefix, kPrefix.size() + 1));
  for (std::size_t i = 0; i < old.rows.size(); ++i) {
    try {
      connection.execute("DROP DATABASE IF EXISTS " + connection.quote_identifier(old.at(i, 0)));
      swept_.push_back(old.at(i, 0));
    } catch (const SqlError&) {
      // Somebody else sweeps or uses it.
    }
  }
}

bool Scratch::drop() noexcept {
  if (!exists_) return true;
  try {
    // A connection of its own: the first one may have been lost, and a signal must not stop this.
    auto options = options_;
    options.interrupt = nullptr;
    Connection::Limits limits;
    limits.timeout = kDropTimeout;
    Connection::connect(server_, options)
        .execute(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_), limits);
    exists_ = false;
  } catch (const std::exception&) {
    return false;
  }
  return true;
}

}  // namespace bigocean::sql::drift
