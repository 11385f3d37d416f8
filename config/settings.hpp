// The settings of the program: one typed struct, and where each value came from.
#pragma once

#include <any>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "config/secret.hpp"

namespace bigocean::config {

using std::chrono::milliseconds;

enum class Environment { kDevelopment, kTest, kProduction };
enum class LogFormatChoice { kAuto, kText, kJson };
enum class PreviewChoice { kOff, kPlan, kRequired };
/// Tools whose migration folders are read. dbmate's layout is kNative.
enum class MigrationFormat {
  kAuto,
  kNative,
  kGoose,
  kGolangMigrate,
  kFlyway,
  kSqlx,
  kDrizzle,
  kPrisma,
  kDiesel,
  kNodePgMigrate
};

/// The settings of the toolkit. The defaults are in config/default.toml and nowhere else; a test holds
/// README.md's table against the same list. Durations are written "2s", sizes are bytes.
struct Settings {
  Environment environment = Environment::kDevelopment;

  struct Log {
    base::LogLevel level{};
    LogFormatChoice format{};  ///< auto: JSON in production or on Railway, else text
  } log;

  struct Database {
    Secret url;
    Secret unpooled_url;               ///< for migrations, where `url` goes through a pooler
    milliseconds connect_timeout{};    ///< of one connection attempt, from name resolution to ready
    milliseconds statement_timeout{};  ///< of the service's and the checks' own statements
    std::int64_t connections_max = 0;  ///< of one serve process
    milliseconds connection_wait{};    ///< for a free one, or for the server to come back
    std::int64_t version_min = 0;      ///< major version; check-db fails below it
  } database;

  struct Redis {
    Secret url;
    milliseconds connect_timeout{};
    milliseconds command_timeout{};
    std::int64_t connections_max = 0;  ///< of one serve process
    milliseconds connection_wait{};    ///< for a free one, or for the server to come back
    std::int64_t version_min = 0;      ///< major version; check-redis fails below it
  } redis;

  /// Thresholds from which check-db and check-redis warn.
  struct Check {
    milliseconds idle_in_transaction{};
    milliseconds long_transaction{};
    milliseconds prepared_transaction{};
    std::int64_t transaction_id_age = 0;  ///< transactions; the server stops at about 2.1 thousand million
    std::int64_t connections_free = 0;
    std::int64_t sequence_percent_max = 0;
    std::int64_t slot_wal_bytes_max = 0;  ///< retained by one inactive replication slot
    milliseconds clock_skew_max{};
    milliseconds latency_max{};  ///< of Redis's PING
    std::int64_t memory_bytes_min = 0;
    std::int64_t memory_percent_max = 0;
    std::int64_t clients_percent_max = 0;
    bool logical_replication = false;  ///< required: check-db fails without it
  } check;

  struct Server {
    std::string host;  ///< "::" binds dual-stack
    std::int64_t port = 0;
    std::int64_t workers = 0;  ///< threads that run handlers; 0: one per core, at least 2
    std::int64_t connections_max = 0;
    std::int64_t connections_per_client_max = 0;       ///< 0: no limit
    std::int64_t requests_max = 0;                     ///< that have a worker or queue for one
    std::int64_t requests_per_client_percent_max = 0;  ///< of requests_max and waiting_max, by one address
    std::int64_t waiting_max = 0;       ///< requests that wait for a model, each on its own thread
    std::string trusted_proxies;        ///< networks whose X-Real-IP and X-Forwarded-For are trusted
    std::string client_address_header;  ///< the only header trusted from these proxies; empty: the usual two
    std::string edge_network;           ///< networks of a platform's edge, whose X-Real-IP is trusted
    std::int64_t head_bytes_max = 0;
    std::int64_t body_bytes_max = 0;
    milliseconds head_timeout{};  ///< first byte to end of head
    milliseconds body_timeout{};
    milliseconds keep_alive_timeout{};  ///< longer than the 60 s of the edge proxy
    milliseconds drain_timeout{};       ///< SIGTERM to exit; RAILWAY_DEPLOYMENT_DRAINING_SECONDS minus 2 s
    milliseconds drain_quiet{};         ///< a drain continues until no request has arrived for this long
    milliseconds probe_period{};        ///< how often /ready's answers are renewed
  } server;

  struct Metrics {
    Secret token;  ///< empty: /metrics is served in development only
  } metrics;

  struct Rpc {
    std::string cors_origins;  ///< "https://a.example, …" or "*"; empty: no other origin
  } rpc;

  struct Sentry {
    Secret dsn;                  ///< empty: no reports
    milliseconds timeout{};      ///< of one report, and of waiting for reports at the end of a process
    std::int64_t queue_max = 0;  ///< reports that wait to be sent
    std::string crash_dir;       ///< where crashes wait for the next start; empty: the user's state folder
  } sentry;

  /// Spans that are sent by OTLP over HTTP, as JSON.
  struct Traces {
    std::string endpoint;          ///< the whole URL; empty: nothing is recorded
    std::string exporter;          ///< "otlp", or "none": nothing is recorded
    std::string protocol;          ///< that was asked for; JSON is sent
    Secret headers;                ///< of each request: "name=value,name=value"
    milliseconds timeout{};        ///< of one request, with its repetitions
    milliseconds period{};         ///< between two requests, unless a batch is full before
    milliseconds flush_timeout{};  ///< when the process ends
    std::int64_t batch_max = 0;    ///< spans of one request
    std::int64_t queue_max = 0;    ///< spans that wait to be sent
    std::int64_t spans_max = 0;    ///< in 10 s; 0: no limit
    std::string sampler;           ///< as OpenTelemetry names it: "parentbased_always_on"
    std::string sampler_argument;  ///< of the samplers by ratio: "0.25"; empty: 1
    std::string propagators;       ///< "tracecontext": traceparent is read and sent; "none"
    std::string service_name;
    std::string resource_attributes;  ///< "name=value,name=value"
  } traces;

  struct Migrate {
    std::string dir;                   ///< empty: the files in the binary
    bool dir_is_usual = false;         ///< `dir` was not set: it is the only usual folder that exists
    MigrationFormat format{};          ///< how the files in `dir` are laid out
    std::string schema;                ///< where the history is kept
    milliseconds deadline{};           ///< of all waiting for locks together
    milliseconds wait{};               ///< for a database that is starting up
    milliseconds lock_timeout{};       ///< files with statements that take strong locks
    milliseconds max_blocking{};       ///< another session's wait for a table lock of ours; 0: no limit
    milliseconds max_blocking_rows{};  ///< the same for a row
    milliseconds terminate_idle_in_transaction{};  ///< 0: no session is ended
    milliseconds data_lock_timeout{};              ///< files of data changes only
    milliseconds statement_timeout{};              ///< any statement; 0: none
    milliseconds concurrently_timeout{};           ///< statements that run CONCURRENTLY
    std::int64_t batch_bytes = 0;                  ///< larger files are sent in batches of about this size
    bool insert_parameters = false;  ///< large files: INSERTs of literals are sent with parameters
    bool strict_order = false;
    bool no_ahead = false;
    bool session_pooler = false;  ///< the pooler before the database pools sessions
    bool new_history = false;     ///< the first run of these files may find existing tables
    /// Which commands try files in an empty copy of the schema; kRequired: `up`, too, which then stops
    /// unless each is safe or takes a brief lock.
    PreviewChoice preview{};
    Secret scratch_url;   ///< server for `drift` to replay on; empty: the database's own
    std::string prelude;  ///< file of SQL that `drift` runs before the migrations; empty: none
  } migrate;

  struct Lint {
    std::string levels;  ///< "rule=level, …": the levels that differ from the rules' own
  } lint;

  /// Set by Railway; empty elsewhere.
  struct Railway {
    std::string environment_name;
    std::string deployment_id;
    std::string replica_id;
    std::string git_commit_sha;
    std::string public_domain;
    std::string private_domain;
  } railway;

  /// The settings of the service that is built on the toolkit, in its own type; made by Floor::prepare.
  std::any service;

  bool on_railway() const { return !railway.environment_name.empty(); }
};

/// A value given by a flag: the setting's dotted key ("migrate.lock_timeout"), the text, and the flag's name.
struct Override {
  std::string key;
  std::string value;
  std::string flag;
};

/// Where settings come from; tests pass their own.
struct Sources {
  std::vector<Override> overrides;
  std::function<std::optional<std::string>(const std::string&)> environment;  ///< default: getenv
  std::optional<std::string> config_file;  ///< --config; must exist when given
  std::string working_directory = ".";     ///< the folder of .env, .env.local and config/
  bool with_lines = false;                 ///< fill Loaded::lines; few callers need them
  /// Neither the environment nor a file is read: a program that links this code decides.
  bool overrides_only = false;
};

/// A setting that a subcommand requires, by its key. All missing ones are reported at once.
struct Requirement {
  std::string_view key;
};
inline constexpr Requirement kDatabaseUrl{"database.url"};
inline constexpr Requirement kRedisUrl{"redis.url"};

/// One row of the table that flags, environment, TOML and `bigocean config` share.
struct SettingInfo {
  std::string_view key;          ///< "migrate.lock_timeout": section and name in bigocean.toml
  std::string_view environment;  ///< "DATABASE_URL", or empty
  std::string_view type;  ///< "duration", "integer", "boolean", "text", "url", "secret", or the choices
  std::string_view help;  ///< one line for people
};
std::span<const SettingInfo> setting_table();

struct Loaded {
  Settings settings;
  /// One line per setting for `bigocean config`, if Sources::with_lines is set: key, redacted value, source
  /// ("flag --port", "environment PORT", ".env.local", "config/bigocean.toml", "default").
  struct Line {
    std::string key;
    std::string value;
    std::string source;
  };
  std::vector<Line> lines;
  std::vector<std::string> warnings;
};

/// Flags, environment, .env.local, .env (both in development only), bigocean.toml, defaults; the first that
/// has a value wins. Throws one base::Error(kUsage) that lists every fault on its own line, with the name and
/// place, what is wrong, and an example of a correct value. Missing required settings are faults, too;
/// `production_requirements` hold in production only.
Loaded load_settings(const Sources& sources, std::span<const Requirement> requirements = {},
                     std::span<const Requirement> production_requirements = {});

/// Every secret in the settings that has a value, for config/secret.hpp's redact().
std::vector<Secret> secrets_of(const Settings& settings);

/// "development", "test", "production".
std::string_view environment_name(Environment environment);

/// The default of a setting as its default.toml writes it, for help texts; empty when there is none.
std::string default_text(std::string_view key);

}  // namespace bigocean::config
