// Is this PostgreSQL fit for the service and its migrations? The judgement over its facts.
#include <fmt/format.h>

#include <algorithm>

#include "base/check_rows.hpp"
#include "base/text.hpp"
#include "sql/check/check.hpp"

namespace bigocean::sql {
namespace {

using base::Check;
using base::CheckLevel;

class Judge {
 public:
  Judge(const Facts& facts, const SessionFacts& session, const config::Settings& settings)
      : facts_(facts), session_(session), settings_(settings), limits_(settings.check) {}

  std::vector<Check> run() {
    add({"session", CheckLevel::kOk, "answers", {}, {}, session_.round_trip});
    server();
    privileges();
    session();
    connections();
    transactions();
    objects();
    for (Check& one : judge_upkeep(facts_, session_, settings_)) add(std::move(one));
    information();
    return std::move(rows_);
  }

 private:
  using Text = std::string;

  void add(Check row) { rows_.push_back(std::move(row)); }

  void row(std::string_view id, bool fine, CheckLevel level, Text observed, Text expected, Text remedy) {
    add(base::make_row(id, fine, level, std::move(observed), std::move(expected), std::move(remedy)));
  }

  Text text(std::string_view name) const { return Text(facts_.text(name)); }

  void server() {
    const Text version = text("version");
    const auto floor = settings_.database.version_min;
    row("version", facts_.number("version") >= floor, CheckLevel::kFail, version,
        fmt::format("{} or newer", floor),
        fmt::format("upgrade the server to PostgreSQL {} or newer", floor));
    row("encoding", facts_.text("encoding") == "UTF8", CheckLevel::kFail, text("encoding"), "UTF8",
        fmt::format("an encoding cannot be changed: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, "
                    "move the data there, and name it in DATABASE_URL"));
    const bool recovering = facts_.yes("in_recovery");
    row("writable", !recovering && !facts_.yes("read_only"), CheckLevel::kFail,
        recovering                ? "the server is in recovery (a standby)"
        : facts_.yes("read_only") ? "transactions are read-only by default"
                                  : "accepts writes",
        recovering ? "a primary" : "default_transaction_read_only = off",
        recovering
            ? "point DATABASE_URL at the primary, or promote this one"
            : fmt::format("ALTER DATABASE \"{}\" RESET default_transaction_read_only (or the same with "
                          "ALTER ROLE), and look for it in the options of DATABASE_URL",
                          facts_.text("database")));
    rows_.back().transient = recovering;
    add(base::clock_row(std::chrono::microseconds(facts_.number("server_now")), session_.asked_at,
                        limits_.clock_skew_max));
  }

  void privileges() {
    const Text schema = text("schema");
    const Text user = text("user");
    row("schema", !schema.empty(), CheckLevel::kFail,
        schema.empty() ? fmt::format("no schema of search_path ({}) exists", facts_.text("search_path"))
                       : schema,
        "a current schema",
        fmt::format("CREATE SCHEMA …, or ALTER ROLE \"{}\" SET search_path = public", user));
    if (schema.empty()) {
      add({"privilege.schema", CheckLevel::kSkipped, "there is no current schema", {}, {}, {}});
    } else {
      row("privilege.schema", facts_.yes("schema_create"), CheckLevel::kFail,
          fmt::format("{} {} create tables in {}", user, facts_.yes("schema_create") ? "may" : "may not",
                      schema),
          "CREATE on the schema", fmt::format("GRANT CREATE ON SCHEMA \"{}\" TO \"{}\"", schema, user));
    }
    const Text& history = settings_.migrate.schema;
    const bool exists = facts_.yes("history_exists");
    const bool may = facts_.yes("history_create");
    row("privilege.history", may, CheckLevel::kFail,
        fmt::format("{} {} {} {}", user, may ? "may" : "may not",
                    exists ? "write to schema" : "create schema", history),
        exists ? "CREATE on the schema" : "CREATE on the database",
        exists ? fmt::format("GRANT USAGE, CREATE ON SCHEMA \"{}\" TO \"{}\"", history, user)
               : fmt::format("GRANT CREATE ON DATABASE \"{}\" TO \"{}\"", facts_.text("database"), user));
    findings("ownership", CheckLevel::kFail, fmt::format("tables that {} may alter", user));
  }

  void session() {
    add(base::encryption_row(session_.tls_version, session_.host,
                             "add ?sslmode=require to DATABASE_URL, or use the private network's host name"));
    const bool direct = facts_.number("backend_pid") == session_.backend_pid;
    const bool way_around = !settings_.database.unpooled_url.empty();
    row("pooler", direct || way_around, CheckLevel::kWarn,
        direct       ? "direct connection"
        : way_around ? "behind a connection pooler; migrations use DATABASE_UNPOOLED_URL"
                     : "behind a connection pooler",
        "a direct connection for migrations",
        "set DATABASE_UNPOOLED_URL to the server's own address" +
            base::railway_remedy("DATABASE_UNPOOLED_URL", "Postgres"));
  }

  struct Room {
    Text what;
    std::int64_t used;
    std::int64_t limit;
  };

  void connections() {
    const auto reserved = facts_.number("reserved_for_superusers") + facts_.number("reserved_for_roles");
    std::vector<Room> rooms = {
        {"the server's", facts_.number("connections_used"), facts_.number("connections_max") - reserved}};
    if (const auto limit = facts_.number("database_limit"); limit >= 0) {
      rooms.push_back({"the database's", facts_.number("database_used"), limit});
    }
    if (const auto limit = facts_.number("role_limit"); limit >= 0) {
      rooms.push_back({"the role's", facts_.number("role_used"), limit});
    }
    const Room& room = *std::ranges::min_element(rooms, {}, [](const Room& r) { return r.limit - r.used; });
    row("connections", room.limit - room.used >= limits_.connections_free, CheckLevel::kWarn,
        fmt::format("{} of {} {} connections in use", room.used, room.limit, room.what),
        fmt::format("at least {} free", limits_.connections_free),
        "close leaked connections, raise the limit (max_connections, CONNECTION LIMIT), or put a pooler "
        "in front of the service");
  }

  /// Objects that are not as they should be, and the remedy of each.
  void findings(std::string_view id, CheckLevel level, Text expected) {
    constexpr std::size_t kShownMax = 5;
    const auto found = facts_.findings(id);
    Text objects, remedies;
    for (std::size_t i = 0; i < std::min(found.size(), kShownMax); ++i) {
      objects += (i == 0 ? "" : ", ") + found[i].object;
      remedies += (i == 0 ? "" : "; ") + found[i].remedy;
    }
    if (found.size() > kShownMax) objects += fmt::format(" and {} more", found.size() - kShownMax);
    row(id, found.empty(), level, found.empty() ? "none" : objects, std::move(expected), remedies);
  }

  /// The same, where a part may be hidden from this role: then finding nothing means nothing, and is
  /// "skipped".
  void findings_seen(std::string_view id, bool all_seen, Text hidden, Text remedy) {
    findings(id, CheckLevel::kWarn, "none");
    if (rows_.back().level != CheckLevel::kOk || all_seen) return;
    rows_.back() = {Text(id), CheckLevel::kSkipped, std::move(hidden), {}, std::move(remedy), {}};
  }

  void transactions() {
    const auto age = facts_.number("transaction_id_age");
    row("transaction_ids", age < limits_.transaction_id_age, CheckLevel::kWarn,
        fmt::format("oldest is {} million transactions old", age / 1'000'000),
        fmt::format("under {} million", limits_.transaction_id_age / 1'000'000),
        "autovacuum does not keep up: find what holds the horizon (old transactions, slots), then VACUUM "
        "FREEZE");
    for (const std::string_view id : {"idle_in_transaction", "long_transactions"}) {
      findings_seen(id, facts_.yes("sees_sessions"), "other roles' sessions are hidden from this role",
                    fmt::format("GRANT pg_read_all_stats TO \"{}\"", facts_.text("user")));
    }
    findings("prepared_transactions", CheckLevel::kWarn, "none");
  }

  void objects() {
    findings("invalid_indexes", CheckLevel::kWarn, "none");
    findings("not_valid_constraints", CheckLevel::kWarn, "none");
    const auto hidden = facts_.number("sequences_hidden");
    findings_seen("sequences", hidden == 0, fmt::format("{} are hidden from this role", hidden),
                  fmt::format("GRANT SELECT ON ALL SEQUENCES IN SCHEMA \"{}\" TO \"{}\"",
                              facts_.text("schema"), facts_.text("user")));
    findings("replication_slots", CheckLevel::kWarn, "none");
    if (facts_.text("collation_changed").empty()) {
      add({"collation", CheckLevel::kSkipped, "known from PostgreSQL 15 on", {}, {}, {}});
    } else {
      row("collation", !facts_.yes("collation_changed"), CheckLevel::kWarn,
          facts_.yes("collation_changed")
              ? fmt::format("version {} at creation, {} now", facts_.text("collation_was"),
                            facts_.text("collation_is"))
              : "version unchanged",
          "the same version",
          fmt::format("text indexes may be wrong: REINDEX DATABASE \"{0}\"; ALTER DATABASE \"{0}\" REFRESH "
                      "COLLATION VERSION",
                      facts_.text("database")));
    }
  }

  void information() {
    row("time_zone", facts_.yes("time_zone_utc"), CheckLevel::kWarn, text("time_zone"), "UTC",
        fmt::format("ALTER DATABASE \"{}\" SET timezone = 'UTC'", facts_.text("database")));
    const auto info = [&](std::string_view id, Text observed) {
      add({Text(id), CheckLevel::kInfo, std::move(observed), {}, {}, {}});
    };
    info("size", base::format_bytes(static_cast<std::uint64_t>(facts_.number("size"))));
    info("wal_level", text("wal_level"));
  }

  const Facts& facts_;
  const SessionFacts& session_;
  const config::Settings& settings_;
  const config::Settings::Check& limits_;
  std::vector<Check> rows_;
};

}  // namespace

std::vector<Check> judge(const Facts& facts, const SessionFacts& session, const config::Settings& settings) {
  return Judge(facts, session, settings).run();
}

}  // namespace bigocean::sql
