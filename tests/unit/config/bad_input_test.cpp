// Bad settings, one row each: the message must name the place and say what is wrong.
#include <doctest/doctest.h>

#include "tests/unit/config/support.hpp"

namespace bad_input_test {

using bigocean::test::count_lines;
using bigocean::test::World;

namespace {

struct BadVariable {
  const char* name;
  const char* value;
  const char* says;
};

// The place is always "NAME (environment)".
const BadVariable kBadVariables[] = {
    {"PORT", "80a0", "`80a0` is not a whole number; for example PORT=4000"},
    {"PORT", "0", "outside 1 to 65535"},
    {"PORT", "65536", "outside 1 to 65535"},
    {"PORT", "-1", "outside 1 to 65535"},
    {"PORT", "99999999999999999999", "outside 1 to 65535"},
    {"PORT", "4000 ", "white space or a line end at its start or end"},
    {"PORT", "4e3", "is not a whole number"},
    {"PORT", "\"4000\"", "has quotes around it"},
    {"PORT", "$PORT", "contains a $NAME reference"},
    {"LOG_LEVEL", "inf", "not one of debug, info, warn, error (did you mean `info`?)"},
    {"LOG_LEVEL", "verbose", "not one of debug, info, warn, error"},
    {"BIGOCEAN_LOG_FORMAT", "jsno", "did you mean `json`?"},
    {"BIGOCEAN_ENV", "staging", "not one of development, test, production"},
    {"NODE_ENV", "prodction", "did you mean `production`?"},
    {"BIGOCEAN_DATABASE_CONNECT_TIMEOUT", "5", "is not a duration"},
    {"BIGOCEAN_DATABASE_CONNECT_TIMEOUT", "5 s", "is not a duration"},
    {"BIGOCEAN_DATABASE_CONNECT_TIMEOUT", "1d", "outside 10ms to 10m"},
    {"BIGOCEAN_MIGRATE_LOCK_TIMEOUT", "-2s", "is not a duration"},
    {"BIGOCEAN_MIGRATE_LOCK_TIMEOUT", "0", "outside 1ms to 1d"},
    {"BIGOCEAN_MIGRATE_STRICT_ORDER", "maybe", "neither true nor false"},
    {"BIGOCEAN_MIGRATE_SCHEMA", "big-ocean", "must be a name of letters, digits and _"},
    {"RAILWAY_DEPLOYMENT_DRAINING_SECONDS", "10s", "is not a whole number of seconds"},
    {"RAILWAY_DEPLOYMENT_DRAINING_SECONDS", "-5", "is not a whole number of seconds"},
    {"BIGOCEAN_RPC_CORS_ORIGINS", "app.example.com", "does not start with https://"},
    {"BIGOCEAN_RPC_CORS_ORIGINS", "https://a.example, https://b.example/", "character 37: an origin is"},
    {"BIGOCEAN_RPC_CORS_ORIGINS", "https://A.example", "in lower case"},
    {"BIGOCEAN_RPC_CORS_ORIGINS", "https://a.example:x", "a port that is not a number"},
    {"BIGOCEAN_RPC_CORS_ORIGINS", "https://", "there is no host name"},
    {"BIGOCEAN_RPC_MESSAGE_CHARS_MAX", "20001", "outside 1 to 20000"},
    {"DATABASE_URL", "mysql://u:p@db/app", "starts with mysql://, but PostgreSQL is needed"},
    {"DATABASE_URL", "jdbc:postgresql://db/app", "starts with jdbc:"},
    {"DATABASE_URL", "postgresql+asyncpg://u:p@db/app", "names a driver"},
    {"DATABASE_URL", "db.internal", "neither a postgresql:// URL nor keyword=value pairs"},
    {"DATABASE_URL", "postgres://", "character 12: there is nothing after ://"},
    {"DATABASE_URL", "'postgres://u:p@db/app'", "has quotes around it"},
    {"DATABASE_URL", "${{Postgres.DATABASE_URL}}", "reference that was not expanded"},
    {"DATABASE_URL", "postgres://${DB_USER}:x@db/app", "contains a $NAME reference"},
    {"DATABASE_URL", "postgres://app:$PGPASSWORD@db/app", "contains a $NAME reference"},
    {"DATABASE_URL", "postgresql://[user]:[password]@db/app", "placeholder"},
    {"DATABASE_URL", "postgresql://app:<password>@db/app", "placeholder"},
    {"DATABASE_URL", "postgres://app:p@ss@db/app", "character 17: an unescaped '@'"},
    {"DATABASE_URL", "postgres://app:p#ss@db/app", "character 17: an unescaped '#'"},
    {"DATABASE_URL", "postgres://app:p/ss@db/app", "character 17: an unescaped '/'"},
    {"DATABASE_URL", "postgres://app:p%ss@db/app", "character 17: a '%' without two hex digits"},
    {"DATABASE_URL", "postgres://app:pass@db:5432x/app", "character 24: a port that is not a number"},
    {"DATABASE_URL", "postgres://app:pass@db:0/app", "character 24: a port that is not a number"},
    {"DATABASE_URL", "postgres://app:pass@:5432/app", "character 21: there is no host name"},
    {"DATABASE_URL", "postgres://app:pass@::1/app", "character 22: an IPv6 address without [ ]"},
    {"DATABASE_URL", "postgres://app:pass@[::1/app", "character 21: a [ without its ]"},
    {"DATABASE_URL", "postgres://app:pass@db/app\n", "line end at its start or end"},
    {"DATABASE_URL", "postgres://app:pa\nss@db/app", "line end or another control character"},
    {"DATABASE_URL", "postgres://app:pass@db/app?schema=public", "character 28: the parameter `schema`"},
    {"DATABASE_URL", "postgres://app:pass@db/app?schema=sales", "write `options=-csearch_path%3Dsales` in"},
    {"DATABASE_URL", "postgres://app:pass@db/app?search_path=Sales", "`options=-csearch_path%3D%22Sales%22`"},
    {"DATABASE_URL", "postgres://app:pass@db/app?currentSchema=a,b", "`options=-csearch_path%3DNAME`"},
    {"DATABASE_URL", "postgres://app:pass@db/app?sslmode=required",
     "character 36: an sslmode that is not one of disable"},
    {"DATABASE_URL", "postgres://app:pass@db,other:x/app", "character 30: a port that is not a number"},
    {"DATABASE_URL", "postgres://app:pass@[::1]5432/app", "character 26: text between ] and the port"},
    {"DATABASE_URL", "postgres://db/app?sslmode=require&hidden=1", "character 35: a parameter that"},
    {"DATABASE_URL", "postgres://db/app?port=x", "character 24: a port that is not a number"},
    {"DATABASE_URL", "host=db password", "not a list of keyword=value pairs"},
    {"DATABASE_URL", "host=db port=abc", "has a port that is not a number"},
    {"DATABASE_UNPOOLED_URL", "http://db/app", "starts with http://, but PostgreSQL"},
    {"REDIS_URL", "http://cache:6379", "character 1: it must start with redis://"},
    {"REDIS_URL", "redis://cache:port", "character 15: the port is not a number"},
    {"REDIS_URL", "redis://cache:6379/zero", "character 20: the part after / is the number"},
    {"REDIS_URL", "redis://", "character 9: the host name is missing"},
    {"REDIS_URL", "redis://default:p@ss@cache", "character 18: an unescaped '@'"},
    {"REDIS_URL", "redis://default:p#ss@cache", "character 18: an unescaped '#'"},
    {"REDIS_URL", "redis://default:p/ss@cache", "character 18: an unescaped '/'"},
    {"REDIS_URL", "redis://default:%zz@cache", "character 17: a '%' without two hex digits"},
    {"REDIS_URL", "redis://secret@cache", "a user without a password"},
    {"REDIS_URL", "redis://cache?family=5", "family is 0, 4 or 6"},
    {"REDIS_URL", "redis://cache?famly=4", "the only supported parameter is family"},
    {"REDIS_URL", "redis://::1:6379", "put an IPv6 address into [ ]"},
    {"REDIS_URL", "redis://[::1:6379", "a [ without its ]"},
    {"SENTRY_DSN", "sentry.example.com", "does not start with https://"},
    {"SENTRY_DSN", "https://sentry.example.com/42", "has no key"},
    {"SENTRY_DSN", "https://abc@sentry.example.com/", "does not end with the project's number"},
    {"SENTRY_DSN", "https://abc@/42", "character 13: there is no host name"},
    {"ANTHROPIC_API_KEY", "sk ant", "has white space"},
    {"ANTHROPIC_API_KEY", "<your-key>", "placeholder"},
    {"ANTHROPIC_API_KEY", "\"sk-ant-1\"", "has quotes around it"},
    {"ANTHROPIC_BASE_URL", "api.anthropic.com", "does not start with https://"},
    {"ANTHROPIC_BASE_URL", "https://u:p@proxy", "must not have a user or password"},
    {"ANTHROPIC_BASE_URL", "https://proxy:99999", "character 15: a port that is not a number"},
};

struct BadFile {
  const char* text;
  const char* place;
  const char* says;
};

const BadFile kBadToml[] = {
    {"[server]\nprot = 4000\n", "config/bigocean.toml:2: server.prot", "did you mean `server.port`?"},
    {"[sevrer]\nport = 4000\n", "config/bigocean.toml:1: sevrer", "unknown section (did you mean `server`?)"},
    {"\nport = 4000\n", "config/bigocean.toml:2: port", "did you mean `server.port`?"},
    {"[redis]\nlock_timeout = \"1s\"\n", "config/bigocean.toml:2: redis.lock_timeout",
     "did you mean `migrate.lock_timeout`?"},
    {"[server]\nport = \"4000\"\n", "config/bigocean.toml:2: server.port",
     "must be a whole number, without quotes"},
    {"[server]\nport = 70000\n", "config/bigocean.toml:2: server.port",
     "outside 1 to 65535; for example port = 4000"},
    {"[server]\ndrain_timeout = 8\n", "config/bigocean.toml:2: server.drain_timeout",
     "must be a text in double quotes"},
    {"[server]\ndrain_timeout = \"8\"\n", "config/bigocean.toml:2: server.drain_timeout",
     "is not a duration"},
    {"[migrate]\nstrict_order = \"yes\"\n", "config/bigocean.toml:2: migrate.strict_order",
     "must be true or false"},
    {"server = 3\n", "config/bigocean.toml:1: server", "unknown setting"},
    {"[log]\nlevel = [\"info\"]\n", "config/bigocean.toml:2: log.level", "must be a text in double quotes"},
    {"[log]\nlevel = info\n", "config/bigocean.toml:2:", "is not TOML"},
    {"[log\n", "config/bigocean.toml:1:", "is not TOML"},
    {"[log]\nlevel = \"info\"\nlevel = \"warn\"\n", "config/bigocean.toml:3:", "is not TOML"},
    {"[database]\nurl = \"mysql://db\"\n", "config/bigocean.toml:2: database.url", "PostgreSQL is needed"},
    {"environment = \"stage\"\n", "config/bigocean.toml:1: environment", "not one of development"},
};

const BadFile kBadEnvFiles[] = {
    {"PORT\n", ".env:1", "is not of the form NAME=value"},
    {"\n# c\n1PORT=3\n", ".env:3", "does not start with a name"},
    {"PORT='4000\n", ".env:1: PORT", "a quote ' that is not closed"},
    {"PORT=\"4000\n", ".env:1: PORT", "a quote \" that is not closed"},
    {"PORT=\"4000\" 5\n", ".env:1: PORT", "text after the closing quote"},
    {"X=1\nPORT=forty\n", "PORT (.env:2)", "is not a whole number"},
};

}  // namespace

TEST_CASE("every bad variable is named, explained and comes with an example") {
  static_assert(std::size(kBadVariables) + std::size(kBadToml) + std::size(kBadEnvFiles) >= 40);
  for (const auto& row : kBadVariables) {
    CAPTURE(std::string(row.name));
    CAPTURE(std::string(row.value));
    World world;
    world.variables[row.name] = row.value;
    const std::string message = world.message();
    CAPTURE(message);
    CHECK(message.find(std::string("\n") + row.name + " (environment): ") != std::string::npos);
    CHECK(message.find(row.says) != std::string::npos);
    CHECK(message.find(std::string("; for example ") + row.name + "=") != std::string::npos);
    CHECK(count_lines(message) == 2);
  }
}

TEST_CASE("every fault of bigocean.toml is named with file and line") {
  for (const auto& row : kBadToml) {
    CAPTURE(std::string(row.text));
    World world;
    world.folder.write("config/bigocean.toml", row.text);
    const std::string message = world.message();
    CAPTURE(message);
    CHECK(message.find(std::string("\n") + row.place) != std::string::npos);
    CHECK(message.find(row.says) != std::string::npos);
    CHECK(count_lines(message) == 2);
  }
}

TEST_CASE("every fault of .env is named with file and line") {
  for (const auto& row : kBadEnvFiles) {
    CAPTURE(std::string(row.text));
    World world;
    world.folder.write(".env", row.text);
    const std::string message = world.message();
    CAPTURE(message);
    CHECK(message.find(std::string("\n") + row.place) != std::string::npos);
    CHECK(message.find(row.says) != std::string::npos);
    CHECK(count_lines(message) == 2);
  }
}

TEST_CASE("a settings file that was asked for must be a readable file") {
  World world;
  world.config_file = "absent.toml";
  CHECK(world.message().find("--config (flag): there is no file `absent.toml`") != std::string::npos);
  world.config_file.reset();
  world.variables["BIGOCEAN_CONFIG"] = "absent.toml";
  CHECK(world.message().find("BIGOCEAN_CONFIG (environment): there is no file") != std::string::npos);
  world.variables["BIGOCEAN_CONFIG"] = world.folder.path();
  CHECK(world.message().find("is not a regular file") != std::string::npos);
  world.variables["BIGOCEAN_CONFIG"] = "big.toml";
  world.folder.write("big.toml", std::string(2 * 1024 * 1024, '#'));
  CHECK(world.message().find("big.toml: is larger than 1 MB") != std::string::npos);
}

TEST_CASE("all faults of all places come in one error") {
  World world;
  world.variables = {{"PORT", "x"}, {"REDIS_URL", "nothing"}, {"LOG_LEVEL", "loud"}};
  world.folder.write("config/bigocean.toml", "[server]\nprot = 1\nhead_timeout = 3\n");
  world.folder.write(".env", "ANTHROPIC_API_KEY=a b\nnonsense\n");
  world.flags.push_back({"migrate.wait", "soon", "--wait"});
  world.requirements = {bigocean::config::kDatabaseUrl};
  const std::string message = world.message();
  CAPTURE(message);
  CHECK(message.starts_with("9 settings are wrong or missing:\n"));
  CHECK(count_lines(message) == 10);
  CHECK(message.find("--wait (flag): `soon` is not a duration") != std::string::npos);
  CHECK(message.find("DATABASE_URL (not set): is missing") != std::string::npos);
}

}  // namespace bad_input_test
