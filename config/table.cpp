// The toolkit's rows of the table of settings, which flags, environment, TOML, `bigocean config` and help
// share.
#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "config/default_values.hpp"
#include "config/table_rows.hpp"
#include "config/url.hpp"

namespace bigocean::config {
namespace {

// clang-format off
constexpr std::array kSettings{
    Setting{.info = {"environment", "BIGOCEAN_ENV", "development, test, production",
                     "kind of environment; NODE_ENV is read, too"},
            .field = BIGOCEAN_FIELD(environment), .example = "production"},

    Setting{.info = {"log.level", "LOG_LEVEL", "debug, info, warn, error",
                     "lowest level that is logged"},
            .field = BIGOCEAN_FIELD(log.level)},
    Setting{.info = {"log.format", "BIGOCEAN_LOG_FORMAT", "auto, text, json",
                     "form of log lines; auto: JSON in production and on Railway, else text"},
            .field = BIGOCEAN_FIELD(log.format)},

    Setting{.info = {"database.url", "DATABASE_URL", "url",
                     "PostgreSQL: a URL, or keyword=value pairs"},
            .field = BIGOCEAN_FIELD(database.url), .example = "postgresql://user:password@host:5432/name",
            .check = check_database_url},
    Setting{.info = {"database.unpooled_url", "DATABASE_UNPOOLED_URL", "url",
                     "PostgreSQL without the pooler, for migrations, where DATABASE_URL uses one"},
            .field = BIGOCEAN_FIELD(database.unpooled_url), .example = "postgresql://user:password@host:5432/name",
            .check = check_database_url},
    Setting{.info = {"database.connect_timeout", "BIGOCEAN_DATABASE_CONNECT_TIMEOUT", "duration",
                     "limit of one connection attempt, from name resolution to ready"},
            .field = BIGOCEAN_FIELD(database.connect_timeout), .min = 10, .max = 10 * kMinute},
    Setting{.info = {"database.statement_timeout", "BIGOCEAN_DATABASE_STATEMENT_TIMEOUT", "duration",
                     "limit of each statement of the service and the checks"},
            .field = BIGOCEAN_FIELD(database.statement_timeout), .min = 10, .max = kHour},
    Setting{.info = {"database.connections_max", "BIGOCEAN_DATABASE_CONNECTIONS_MAX", "integer",
                     "connections that one serve opens at most"},
            .field = BIGOCEAN_FIELD(database.connections_max), .min = 1, .max = 1000},
    Setting{.info = {"database.connection_wait", "BIGOCEAN_DATABASE_CONNECTION_WAIT", "duration",
                     "how long a request waits for a free connection, or for the server to come back"},
            .field = BIGOCEAN_FIELD(database.connection_wait), .min = 10, .max = kMinute},
    Setting{.info = {"database.version_min", "BIGOCEAN_DATABASE_VERSION_MIN", "integer",
                     "oldest supported major version of PostgreSQL"},
            .field = BIGOCEAN_FIELD(database.version_min), .min = 9, .max = 99},

    Setting{.info = {"redis.url", "REDIS_URL", "url",
                     "Redis"},
            .field = BIGOCEAN_FIELD(redis.url), .example = "redis://default:password@host:6379",
            .check = check_redis_url},
    Setting{.info = {"redis.connect_timeout", "BIGOCEAN_REDIS_CONNECT_TIMEOUT", "duration",
                     "limit of one connection attempt"},
            .field = BIGOCEAN_FIELD(redis.connect_timeout), .min = 10, .max = 10 * kMinute},
    Setting{.info = {"redis.command_timeout", "BIGOCEAN_REDIS_COMMAND_TIMEOUT", "duration",
                     "limit of each command"},
            .field = BIGOCEAN_FIELD(redis.command_timeout), .min = 10, .max = 10 * kMinute},
    Setting{.info = {"redis.connections_max", "BIGOCEAN_REDIS_CONNECTIONS_MAX", "integer",
                     "connections that one serve opens at most"},
            .field = BIGOCEAN_FIELD(redis.connections_max), .min = 1, .max = 1000},
    Setting{.info = {"redis.connection_wait", "BIGOCEAN_REDIS_CONNECTION_WAIT", "duration",
                     "how long a request waits for a free connection, or for the server to come back"},
            .field = BIGOCEAN_FIELD(redis.connection_wait), .min = 10, .max = kMinute},
    Setting{.info = {"redis.version_min", "BIGOCEAN_REDIS_VERSION_MIN", "integer",
                     "oldest supported major version of Redis"},
            .field = BIGOCEAN_FIELD(redis.version_min), .min = 2, .max = 99},

    Setting{.info = {"check.idle_in_transaction", "BIGOCEAN_CHECK_IDLE_IN_TRANSACTION", "duration",
                     "check-db warns about transactions that are idle for longer"},
            .field = BIGOCEAN_FIELD(check.idle_in_transaction), .min = 0, .max = kDay},
    Setting{.info = {"check.long_transaction", "BIGOCEAN_CHECK_LONG_TRANSACTION", "duration",
                     "check-db warns about transactions that are older"},
            .field = BIGOCEAN_FIELD(check.long_transaction), .min = 0, .max = 30 * kDay},
    Setting{.info = {"check.prepared_transaction", "BIGOCEAN_CHECK_PREPARED_TRANSACTION", "duration",
                     "check-db warns about prepared transactions that are older"},
            .field = BIGOCEAN_FIELD(check.prepared_transaction), .min = 0, .max = 30 * kDay},
    Setting{.info = {"check.transaction_id_age", "BIGOCEAN_CHECK_TRANSACTION_ID_AGE", "integer",
                     "check-db warns when the oldest transaction id reaches this age"},
            .field = BIGOCEAN_FIELD(check.transaction_id_age), .min = 0, .max = 2'000'000'000},
    Setting{.info = {"check.connections_free", "BIGOCEAN_CHECK_CONNECTIONS_FREE", "integer",
                     "check-db warns when fewer connections are free"},
            .field = BIGOCEAN_FIELD(check.connections_free), .min = 0, .max = 1'000'000},
    Setting{.info = {"check.sequence_percent_max", "BIGOCEAN_CHECK_SEQUENCE_PERCENT_MAX", "integer",
                     "check-db warns when more of a sequence is used up"},
            .field = BIGOCEAN_FIELD(check.sequence_percent_max), .min = 0, .max = 100},
    Setting{.info = {"check.slot_wal_bytes_max", "BIGOCEAN_CHECK_SLOT_WAL_BYTES_MAX", "integer",
                     "check-db warns when an inactive replication slot retains more WAL"},
            .field = BIGOCEAN_FIELD(check.slot_wal_bytes_max), .min = 0, .max = 1024 * 1024 * kMegabyte},
    Setting{.info = {"check.clock_skew_max", "BIGOCEAN_CHECK_CLOCK_SKEW_MAX", "duration",
                     "the checks warn when the server's clock differs by more"},
            .field = BIGOCEAN_FIELD(check.clock_skew_max), .min = 1, .max = kDay},
    Setting{.info = {"check.latency_max", "BIGOCEAN_CHECK_LATENCY_MAX", "duration",
                     "check-redis warns when PING takes longer"},
            .field = BIGOCEAN_FIELD(check.latency_max), .min = 1, .max = kMinute},
    Setting{.info = {"check.memory_bytes_min", "BIGOCEAN_CHECK_MEMORY_BYTES_MIN", "integer",
                     "check-redis warns when maxmemory is less"},
            .field = BIGOCEAN_FIELD(check.memory_bytes_min), .min = 0, .max = 1024 * 1024 * kMegabyte},
    Setting{.info = {"check.memory_percent_max", "BIGOCEAN_CHECK_MEMORY_PERCENT_MAX", "integer",
                     "check-redis warns when more of maxmemory is used"},
            .field = BIGOCEAN_FIELD(check.memory_percent_max), .min = 0, .max = 100},
    Setting{.info = {"check.clients_percent_max", "BIGOCEAN_CHECK_CLIENTS_PERCENT_MAX", "integer",
                     "check-redis warns when more of maxclients are connected"},
            .field = BIGOCEAN_FIELD(check.clients_percent_max), .min = 0, .max = 100},
    Setting{.info = {"check.logical_replication", "BIGOCEAN_CHECK_LOGICAL_REPLICATION", "boolean",
                     "check-db fails when logical replication is not possible"},
            .field = BIGOCEAN_FIELD(check.logical_replication)},

    Setting{.info = {"server.host", "HOST", "text",
                     "address to listen on; :: means IPv6 and IPv4"},
            .field = BIGOCEAN_FIELD(server.host)},
    Setting{.info = {"server.port", "PORT", "integer",
                     "port to listen on"},
            .field = BIGOCEAN_FIELD(server.port), .min = 1, .max = 65535},
    Setting{.info = {"server.workers", "BIGOCEAN_SERVER_WORKERS", "integer",
                     "threads that run handlers; 0: one per core, at least 2"},
            .field = BIGOCEAN_FIELD(server.workers), .min = 0, .max = 1024},
    Setting{.info = {"server.connections_max", "BIGOCEAN_SERVER_CONNECTIONS_MAX", "integer",
                     "open connections at most"},
            .field = BIGOCEAN_FIELD(server.connections_max), .min = 1, .max = 1'000'000},
    Setting{.info = {"server.connections_per_client_max", "BIGOCEAN_SERVER_CONNECTIONS_PER_CLIENT_MAX", "integer",
                     "open connections per address at most, except trusted proxies; 0: no limit"},
            .field = BIGOCEAN_FIELD(server.connections_per_client_max), .min = 0, .max = 1'000'000},
    Setting{.info = {"server.requests_max", "BIGOCEAN_SERVER_REQUESTS_MAX", "integer",
                     "requests that have a worker or wait for one at most; more get 503"},
            .field = BIGOCEAN_FIELD(server.requests_max), .min = 1, .max = 1'000'000},
    Setting{.info = {"server.requests_per_client_percent_max", "BIGOCEAN_SERVER_REQUESTS_PER_CLIENT_PERCENT_MAX", "integer",
                     "share of server.requests_max and server.waiting_max that one client address may hold, in percent"},
            .field = BIGOCEAN_FIELD(server.requests_per_client_percent_max), .min = 1, .max = 100},
    Setting{.info = {"server.waiting_max", "BIGOCEAN_SERVER_WAITING_MAX", "integer",
                     "requests that wait for a model at most; more get 503"},
            .field = BIGOCEAN_FIELD(server.waiting_max), .min = 1, .max = 10000},
    Setting{.info = {"server.trusted_proxies", "BIGOCEAN_SERVER_TRUSTED_PROXIES", "text",
                     "addresses and networks whose X-Real-IP and X-Forwarded-For are trusted; `private` for all private ones"},
            .field = BIGOCEAN_FIELD(server.trusted_proxies), .example = "10.0.0.0/8, fd00::/8"},
    Setting{.info = {"server.client_address_header", "BIGOCEAN_SERVER_CLIENT_ADDRESS_HEADER", "text",
                     "the only header trusted from these proxies; empty: X-Real-IP, else X-Forwarded-For"},
            .field = BIGOCEAN_FIELD(server.client_address_header), .example = "CF-Connecting-IP"},
    Setting{.info = {"server.edge_network", "BIGOCEAN_SERVER_EDGE_NETWORK", "text",
                     "network of the platform's edge, trusted in X-Real-IP only; on Railway 100.64.0.0/10; `none`: no edge"},
            .field = BIGOCEAN_FIELD(server.edge_network), .example = "100.64.0.0/10"},
    Setting{.info = {"server.head_bytes_max", "BIGOCEAN_SERVER_HEAD_BYTES_MAX", "integer",
                     "bytes of a request's headers at most"},
            .field = BIGOCEAN_FIELD(server.head_bytes_max), .min = kKilobyte, .max = kMegabyte},
    Setting{.info = {"server.body_bytes_max", "BIGOCEAN_SERVER_BODY_BYTES_MAX", "integer",
                     "bytes of a request's body at most"},
            .field = BIGOCEAN_FIELD(server.body_bytes_max), .min = 0, .max = 1024 * kMegabyte},
    Setting{.info = {"server.head_timeout", "BIGOCEAN_SERVER_HEAD_TIMEOUT", "duration",
                     "limit from a request's first byte to the end of its headers"},
            .field = BIGOCEAN_FIELD(server.head_timeout), .min = 10, .max = kHour},
    Setting{.info = {"server.body_timeout", "BIGOCEAN_SERVER_BODY_TIMEOUT", "duration",
                     "limit for a request's body to arrive"},
            .field = BIGOCEAN_FIELD(server.body_timeout), .min = 10, .max = kHour},
    Setting{.info = {"server.keep_alive_timeout", "BIGOCEAN_SERVER_KEEP_ALIVE_TIMEOUT", "duration",
                     "how long an idle connection stays open; longer than the proxy's 60 s"},
            .field = BIGOCEAN_FIELD(server.keep_alive_timeout), .min = 10, .max = kDay},
    Setting{.info = {"server.drain_timeout", "BIGOCEAN_SERVER_DRAIN_TIMEOUT", "duration",
                     "limit from SIGTERM to exit; on Railway 2 s less than RAILWAY_DEPLOYMENT_DRAINING_SECONDS"},
            .field = BIGOCEAN_FIELD(server.drain_timeout), .min = 0, .max = kDay},
    Setting{.info = {"server.drain_quiet", "BIGOCEAN_SERVER_DRAIN_QUIET", "duration",
                     "after SIGTERM, requests are still answered until none has arrived for this long"},
            .field = BIGOCEAN_FIELD(server.drain_quiet), .min = 0, .max = kHour},
    Setting{.info = {"server.probe_period", "BIGOCEAN_SERVER_PROBE_PERIOD", "duration",
                     "how often the answers of /ready are renewed"},
            .field = BIGOCEAN_FIELD(server.probe_period), .min = 100, .max = kHour},

    Setting{.info = {"metrics.token", "BIGOCEAN_METRICS_TOKEN", "secret",
                     "bearer token for /metrics and /status; without one /metrics is served in development only"},
            .field = BIGOCEAN_FIELD(metrics.token), .example = "a long random text"},

    Setting{.info = {"rpc.cors_origins", "BIGOCEAN_RPC_CORS_ORIGINS", "text",
                     "origins of web pages that may call the procedures, or *; empty: no other origin"},
            .field = BIGOCEAN_FIELD(rpc.cors_origins), .example = "https://app.example.com",
            .check = check_origins},

    Setting{.info = {"sentry.dsn", "SENTRY_DSN", "secret",
                     "where error reports are sent; empty: they are not sent"},
            .field = BIGOCEAN_FIELD(sentry.dsn), .example = "https://key@host/42", .check = check_sentry_dsn},
    Setting{.info = {"sentry.timeout", "BIGOCEAN_SENTRY_TIMEOUT", "duration",
                     "limit of one report, and of the wait for reports when migrate or serve ends"},
            .field = BIGOCEAN_FIELD(sentry.timeout), .min = 10, .max = kMinute},
    Setting{.info = {"sentry.queue_max", "BIGOCEAN_SENTRY_QUEUE_MAX", "integer",
                     "reports that wait to be sent at most; more are dropped and counted"},
            .field = BIGOCEAN_FIELD(sentry.queue_max), .min = 1, .max = 10'000},
    Setting{.info = {"sentry.crash_dir", "BIGOCEAN_SENTRY_CRASH_DIR", "folder",
                     "folder of crashes for the next start to report; empty: below $XDG_STATE_HOME, ~ or /tmp"},
            .field = BIGOCEAN_FIELD(sentry.crash_dir), .example = "/var/lib/bigocean"},

    Setting{.info = {"migrate.dir", "BIGOCEAN_MIGRATE_DIR", "folder",
                     "folder of migrations; empty: the files in the binary"},
            .field = BIGOCEAN_FIELD(migrate.dir)},
    Setting{.info = {"migrate.format", "BIGOCEAN_MIGRATE_FORMAT",
                     "auto, native, dbmate, goose, golang-migrate, flyway, sqlx, drizzle, prisma, diesel, "
                     "node-pg-migrate",
                     "tool whose layout the folder has; auto: detected; native is also dbmate's"},
            .field = BIGOCEAN_FIELD(migrate.format)},
    Setting{.info = {"migrate.schema", "BIGOCEAN_MIGRATE_SCHEMA", "text",
                     "schema that keeps the history"},
            .field = BIGOCEAN_FIELD(migrate.schema), .check = check_schema_name},
    Setting{.info = {"migrate.deadline", "BIGOCEAN_MIGRATE_DEADLINE", "duration",
                     "limit of all waiting for locks together"},
            .field = BIGOCEAN_FIELD(migrate.deadline), .min = 0, .max = kDay},
    Setting{.info = {"migrate.wait", "BIGOCEAN_MIGRATE_WAIT", "duration",
                     "how long to wait for a database that is starting up"},
            .field = BIGOCEAN_FIELD(migrate.wait), .min = 0, .max = kDay},
    Setting{.info = {"migrate.lock_timeout", "BIGOCEAN_MIGRATE_LOCK_TIMEOUT", "duration",
                     "wait for a table's lock, in files with statements that take strong ones"},
            .field = BIGOCEAN_FIELD(migrate.lock_timeout), .min = 1, .max = kDay},
    Setting{.info = {"migrate.max_blocking", "BIGOCEAN_MIGRATE_MAX_BLOCKING", "duration",
                     "how long another session may wait for a table that a file has locked; 0: no limit"},
            .field = BIGOCEAN_FIELD(migrate.max_blocking), .min = 0, .max = kDay},
    Setting{.info = {"migrate.max_blocking_rows", "BIGOCEAN_MIGRATE_MAX_BLOCKING_ROWS", "duration",
                     "how long another session may wait for a row that a file has changed; 0: no limit"},
            .field = BIGOCEAN_FIELD(migrate.max_blocking_rows), .min = 0, .max = kDay},
    Setting{.info = {"migrate.terminate_idle_in_transaction", "BIGOCEAN_MIGRATE_TERMINATE_IDLE_IN_TRANSACTION",
                     "duration",
                     "end sessions that are idle in a transaction for this long and hold a table that a file needs; "
                     "0: none"},
            .field = BIGOCEAN_FIELD(migrate.terminate_idle_in_transaction), .min = 0, .max = kDay},
    Setting{.info = {"migrate.data_lock_timeout", "BIGOCEAN_MIGRATE_DATA_LOCK_TIMEOUT", "duration",
                     "wait for a lock, in files that change data only"},
            .field = BIGOCEAN_FIELD(migrate.data_lock_timeout), .min = 1, .max = kDay},
    Setting{.info = {"migrate.statement_timeout", "BIGOCEAN_MIGRATE_STATEMENT_TIMEOUT", "duration",
                     "limit of one statement; 0: none"},
            .field = BIGOCEAN_FIELD(migrate.statement_timeout), .min = 0, .max = 20 * kDay},
    Setting{.info = {"migrate.concurrently_timeout", "BIGOCEAN_MIGRATE_CONCURRENTLY_TIMEOUT", "duration",
                     "limit of one statement that runs CONCURRENTLY; 0: none"},
            .field = BIGOCEAN_FIELD(migrate.concurrently_timeout), .min = 0, .max = 20 * kDay},
    Setting{.info = {"migrate.batch_bytes", "BIGOCEAN_MIGRATE_BATCH_BYTES", "integer",
                     "a larger file is sent in batches of about this many bytes"},
            .field = BIGOCEAN_FIELD(migrate.batch_bytes), .min = kKilobyte, .max = 1024 * kMegabyte},
    Setting{.info = {"migrate.insert_parameters", "BIGOCEAN_MIGRATE_INSERT_PARAMETERS", "boolean",
                     "large files: INSERTs of literals are sent with parameters; false: as written"},
            .field = BIGOCEAN_FIELD(migrate.insert_parameters)},
    Setting{.info = {"migrate.strict_order", "BIGOCEAN_MIGRATE_STRICT_ORDER", "boolean",
                     "refuse a file older than one that is already applied"},
            .field = BIGOCEAN_FIELD(migrate.strict_order)},
    Setting{.info = {"migrate.no_ahead", "BIGOCEAN_MIGRATE_NO_AHEAD", "boolean",
                     "refuse a database that has migrations this binary does not know"},
            .field = BIGOCEAN_FIELD(migrate.no_ahead)},
    Setting{.info = {"migrate.session_pooler", "BIGOCEAN_MIGRATE_SESSION_POOLER", "boolean",
                     "the pooler before the database pools sessions, not transactions"},
            .field = BIGOCEAN_FIELD(migrate.session_pooler)},
    Setting{.info = {"migrate.new_history", "BIGOCEAN_MIGRATE_NEW_HISTORY", "boolean",
                     "allow the first run of these files on a database that has tables"},
            .field = BIGOCEAN_FIELD(migrate.new_history)},
    Setting{.info = {"migrate.preview", "BIGOCEAN_MIGRATE_PREVIEW", "off, plan, required",
                     "which commands try files in an empty copy of the schema; required: up too, and it applies only files that are safe or take a brief lock"},
            .field = BIGOCEAN_FIELD(migrate.preview)},
    Setting{.info = {"migrate.scratch_url", "BIGOCEAN_MIGRATE_SCRATCH_URL", "url",
                     "server for the scratch database of `migrate drift`; empty: the database's own"},
            .field = BIGOCEAN_FIELD(migrate.scratch_url), .example = "postgresql://user:password@host:5432/postgres",
            .check = check_database_url},
    Setting{.info = {"migrate.prelude", "BIGOCEAN_MIGRATE_PRELUDE", "file",
                     "SQL that `migrate drift` runs in the scratch database before the migrations; empty: none"},
            .field = BIGOCEAN_FIELD(migrate.prelude)},

    Setting{.info = {"lint.levels", "BIGOCEAN_LINT_LEVELS", "text",
                     "levels of lint rules that differ from the defaults: rule=error|warning|info|off, ..."},
            .field = BIGOCEAN_FIELD(lint.levels), .example = "drop-column=warning, json-type=off"},

    Setting{.info = {"railway.environment_name", "RAILWAY_ENVIRONMENT_NAME", "text",
                     "set by Railway"},
            .field = BIGOCEAN_FIELD(railway.environment_name), .example = "production"},
    Setting{.info = {"railway.deployment_id", "RAILWAY_DEPLOYMENT_ID", "text",
                     "set by Railway"},
            .field = BIGOCEAN_FIELD(railway.deployment_id), .example = "f5b1..."},
    Setting{.info = {"railway.replica_id", "RAILWAY_REPLICA_ID", "text",
                     "set by Railway"},
            .field = BIGOCEAN_FIELD(railway.replica_id), .example = "a02c..."},
    Setting{.info = {"railway.git_commit_sha", "RAILWAY_GIT_COMMIT_SHA", "text",
                     "set by Railway"},
            .field = BIGOCEAN_FIELD(railway.git_commit_sha), .example = "d0beb8f5..."},
    Setting{.info = {"railway.public_domain", "RAILWAY_PUBLIC_DOMAIN", "text",
                     "set by Railway"},
            .field = BIGOCEAN_FIELD(railway.public_domain), .example = "app.example.com"},
    Setting{.info = {"railway.private_domain", "RAILWAY_PRIVATE_DOMAIN", "text",
                     "set by Railway"},
            .field = BIGOCEAN_FIELD(railway.private_domain), .example = "app.railway.internal"},
};
// clang-format on

/// Railway kills the process n seconds after SIGTERM; this one ends 2 s before that.
std::optional<std::string> drain_timeout_of(std::string_view seconds) {
  std::int64_t value = 0;
  const char* end = seconds.data() + seconds.size();
  const auto [stop, failure] = std::from_chars(seconds.data(), end, value);
  if (failure != std::errc{} || stop != end || value < 0 || value > kDay / kSecond) return std::nullopt;
  return std::to_string(std::max<std::int64_t>(1, value - 2)) + "s";
}

std::optional<std::string> unchanged(std::string_view value) { return std::string(value); }

constexpr std::array kAliases{
    Alias{"NODE_ENV", "environment", unchanged, {}, "production"},
    Alias{"RAILWAY_DEPLOYMENT_DRAINING_SECONDS", "server.drain_timeout", drain_timeout_of,
          "a whole number of seconds", "10"},
};

/// Railway's edge reaches a service from a carrier-grade NAT address (RFC 6598). That is seen in logs of
/// others, not documented. Of spans it takes 1,000 in 10 s from a replica.
constexpr std::array kPlatformDefaults{
    PlatformDefault{"environment", "RAILWAY_ENVIRONMENT_NAME", "production"},
    PlatformDefault{"server.edge_network", "RAILWAY_ENVIRONMENT_NAME", "100.64.0.0/10"},
    PlatformDefault{"traces.spans_max", "RAILWAY_ENVIRONMENT_NAME", "1000"},
};

}  // namespace

Floor toolkit_floor() {
  static const std::vector<Setting> rows = [] {
    std::vector<Setting> all(kSettings.begin(), kSettings.end());
    const auto of_traces = trace_rows();
    all.insert(all.end(), of_traces.begin(), of_traces.end());
    return all;
  }();
  return {.rows = rows, .defaults = default_values()};
}

std::span<const Setting> settings() {
  static const std::vector<Setting> all = [] {
    std::vector<Setting> rows;
    for (const auto& floor : floors()) rows.insert(rows.end(), floor.rows.begin(), floor.rows.end());
    return rows;
  }();
  return all;
}
std::span<const Alias> aliases() {
  static const std::vector<Alias> all = [] {
    std::vector<Alias> joined(kAliases.begin(), kAliases.end());
    const auto of_traces = trace_aliases();
    joined.insert(joined.end(), of_traces.begin(), of_traces.end());
    return joined;
  }();
  return all;
}
std::span<const PlatformDefault> platform_defaults() { return kPlatformDefaults; }

}  // namespace bigocean::config
