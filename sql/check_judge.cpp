// Is this PostgreSQL fit for the service and its migrations? The judgement over its facts.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text.hpp"
#include "sql/check.hpp"

namespace bigocean::sql {
namespace {

using base::Check;
using base::CheckLevel;

class Judge {
 public:
  Judge(const Facts& facts, const SessionFacts& session, const config::Settings& settings,
        const CheckThresholds& thresholds)
      : facts_(facts), session_(session), settings_(settings), thresholds_(thresholds) {}

  std::vector<Check> run() {
    server();
    privileges();
    session();
    connections();
    transactions();
    objects();
    information();
    return std::move(rows_);
  }

 private:
  using Text = std::string;

  void add(Check row) { rows_.push_back(std::move(row)); }

  /// A row that is ok, or else `level` with what was expected and what to do.
  void row(std::string_view id, bool fine, CheckLevel level, Text observed, Text expected, Text remedy) {
    if (fine) {
      add({Text(id), CheckLevel::kOk, std::move(observed), {}, {}, {}});
    } else {
      add({Text(id), level, std::move(observed), std::move(expected), std::move(remedy), {}});
    }
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
    rows_.back().can_heal = recovering;
    clock();
  }

  void clock() {
    const std::chrono::microseconds there{facts_.number("server_now")};
    const auto skew = there > session_.asked_at ? there - session_.asked_at : session_.asked_at - there;
    row("clock", skew <= thresholds_.clock_skew, CheckLevel::kWarn,
        fmt::format("{} {} this machine", base::format_elapsed(skew),
                    there > session_.asked_at ? "ahead of" : "behind"),
        fmt::format("at most {}", base::format_duration(thresholds_.clock_skew)), "set both clocks by NTP");
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
    const Text foreign = text("foreign_tables");
    row("ownership", foreign.empty(), CheckLevel::kFail,
        foreign.empty() ? "no tables of other roles" : "tables of other roles: " + foreign,
        fmt::format("tables that {} may alter", user),
        fmt::format("ALTER TABLE … OWNER TO \"{0}\" for each, or make \"{0}\" a member of the owner", user));
  }

  void session() {
    if (!session_.encrypted) {
      const bool fine = base::is_private_host(session_.host);
      add({"encryption",
           fine ? CheckLevel::kInfo : CheckLevel::kWarn,
           "the session is not encrypted",
           fine ? "" : "TLS over a public network",
           fine ? "" : "add ?sslmode=require to DATABASE_URL, or use the private network's host name",
           {}});
    } else {
      add({"encryption", CheckLevel::kOk, "the session is encrypted", {}, {}, {}});
    }
    const bool direct = facts_.number("backend_pid") == session_.backend_pid;
    row("pooler", direct, CheckLevel::kWarn, direct ? "none in the way" : "a connection pooler is in the way",
        "a direct connection for migrations",
        "set DATABASE_UNPOOLED_URL to the server's own address (on Railway: ${{Postgres.DATABASE_URL}})");
  }

  struct Room {
    Text what;
    std::int64_t used;
    std::int64_t limit;
  };

  void connections() {
    std::vector<Room> rooms = {{"the server's", facts_.number("connections_used"),
                                facts_.number("connections_max") - facts_.number("connections_reserved")}};
    if (const auto limit = facts_.number("database_limit"); limit >= 0) {
      rooms.push_back({"the database's", facts_.number("database_used"), limit});
    }
    if (const auto limit = facts_.number("role_limit"); limit >= 0) {
      rooms.push_back({"the role's", facts_.number("role_used"), limit});
    }
    const Room& room = *std::ranges::min_element(rooms, {}, [](const Room& r) { return r.limit - r.used; });
    row("connections", room.limit - room.used >= thresholds_.connections_free, CheckLevel::kWarn,
        fmt::format("{} of {} {} connections in use", room.used, room.limit, room.what),
        fmt::format("at least {} free", thresholds_.connections_free),
        "close what leaks connections, raise the limit (max_connections, CONNECTION LIMIT), or put a pooler "
        "in "
        "front of the service");
  }

  /// A check over other roles' sessions, which without pg_read_all_stats are hidden: then a good answer means
  /// nothing, and is "skipped".
  void sessions_row(std::string_view id, bool fine, Text observed, Text remedy) {
    if (fine && !facts_.yes("sees_sessions")) {
      add({Text(id),
           CheckLevel::kSkipped,
           "other roles' sessions are hidden from this role",
           {},
           fmt::format("GRANT pg_read_all_stats TO \"{}\"", facts_.text("user")),
           {}});
      return;
    }
    row(id, fine, CheckLevel::kWarn, std::move(observed), "none", std::move(remedy));
  }

  void transactions() {
    const auto age = facts_.number("transaction_id_age");
    row("transaction_ids", age < thresholds_.transaction_id_age, CheckLevel::kWarn,
        fmt::format("oldest is {} million transactions old", age / 1'000'000),
        fmt::format("under {} million", thresholds_.transaction_id_age / 1'000'000),
        "autovacuum does not keep up: find what holds the horizon (old transactions, slots), then VACUUM "
        "FREEZE");
    const auto idle = facts_.number("idle_in_transaction");
    sessions_row("idle_in_transaction", idle == 0,
                 idle == 0 ? "none" : fmt::format("{} (the oldest: {})", idle, facts_.text("idle_example")),
                 "they hold locks that migrations wait for: end them (SELECT pg_terminate_backend(pid)), set "
                 "idle_in_transaction_session_timeout");
    const auto running = facts_.number("long_transactions");
    sessions_row("long_transactions", running == 0,
                 running == 0 ? "none"
                              : fmt::format("{} older than {}", running,
                                            base::format_duration(thresholds_.transaction)),
                 "they hold back vacuum and CREATE INDEX CONCURRENTLY: see pg_stat_activity.xact_start");
    const auto prepared = facts_.number("prepared_transactions");
    row("prepared_transactions", prepared == 0, CheckLevel::kWarn,
        prepared == 0 ? "none" : fmt::format("{} left behind", prepared), "none",
        "they keep their locks over restarts: COMMIT PREPARED or ROLLBACK PREPARED each of "
        "pg_prepared_xacts");
  }

  void objects() {
    const Text indexes = text("invalid_indexes");
    row("invalid_indexes", indexes.empty(), CheckLevel::kWarn, indexes.empty() ? "none" : indexes, "none",
        "REINDEX INDEX CONCURRENTLY … or DROP INDEX CONCURRENTLY … for each");
    const Text constraints = text("not_valid_constraints");
    row("not_valid_constraints", constraints.empty(), CheckLevel::kWarn,
        constraints.empty() ? "none" : constraints, "none", "ALTER TABLE … VALIDATE CONSTRAINT … for each");
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
    const auto info = [&](std::string_view id, Text observed) {
      add({Text(id), CheckLevel::kInfo, std::move(observed), {}, {}, {}});
    };
    info("size", base::format_bytes(static_cast<std::uint64_t>(facts_.number("size"))));
    info("wal_level", text("wal_level"));
    info("time_zone", text("time_zone"));
  }

  const Facts& facts_;
  const SessionFacts& session_;
  const config::Settings& settings_;
  const CheckThresholds& thresholds_;
  std::vector<Check> rows_;
};

}  // namespace

std::vector<Check> judge(const Facts& facts, const SessionFacts& session, const config::Settings& settings,
                         const CheckThresholds& thresholds) {
  return Judge(facts, session, settings, thresholds).run();
}

}  // namespace bigocean::sql
