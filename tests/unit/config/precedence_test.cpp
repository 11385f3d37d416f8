// Which source wins, what .env files may set, and what production requires.
#include <doctest/doctest.h>

#include "server/product/settings/settings.hpp"
#include "tests/unit/config/support.hpp"

namespace precedence_test {

using bigocean::config::Environment;
using bigocean::config::Requirement;
using bigocean::test::count_lines;
using bigocean::test::World;

TEST_CASE("each source beats the ones below it and is named") {
  World world;
  CHECK(world.load().settings.server.port == 4000);
  CHECK(world.line("server.port").source == "default");
  world.folder.write("config/bigocean.toml", "[server]\nport = 4001\n");
  CHECK(world.load().settings.server.port == 4001);
  CHECK(world.line("server.port").source == "config/bigocean.toml");
  world.folder.write(".env", "PORT=4002\n");
  CHECK(world.load().settings.server.port == 4002);
  CHECK(world.line("server.port").source == ".env");
  world.folder.write(".env.local", "PORT=4003\n");
  CHECK(world.load().settings.server.port == 4003);
  CHECK(world.line("server.port").source == ".env.local");
  world.variables["PORT"] = "4004";
  CHECK(world.load().settings.server.port == 4004);
  CHECK(world.line("server.port").source == "environment PORT");
  world.flags.push_back({"server.port", "4005", "--port"});
  CHECK(world.load().settings.server.port == 4005);
  CHECK(world.line("server.port").source == "flag --port");
  CHECK(world.line("server.port").value == "4005");
}

TEST_CASE("every setting has a default, an example or both, and can be read back") {
  World world;
  const auto loaded = world.load();
  const auto& prices =
      bigocean::server::product::of(loaded.settings).prices;  // behind the settings, each model a line
  CHECK(loaded.lines.size() == bigocean::config::setting_table().size() + prices.size());
  for (const auto& line : loaded.lines) {
    CAPTURE(line.key);
    const std::string fallback = bigocean::config::default_text(line.key);
    const bool either = line.source == "not set" || line.source == "default";
    CHECK(either);
    if (!fallback.empty()) CHECK(line.value == fallback);
    const bool priced = line.key.starts_with("prices.");
    if (fallback.empty() && !line.value.empty() && !priced) CHECK(line.key == "environment");
  }
  for (const auto& info : bigocean::config::setting_table()) CHECK_FALSE(info.environment.empty());
}

TEST_CASE("an empty variable counts as unset, and a wrong one that is beaten does no harm") {
  World world;
  world.variables = {{"PORT", ""}, {"NODE_ENV", ""}, {"DATABASE_URL", ""}};
  CHECK(world.load().settings.server.port == 4000);
  CHECK(world.load().settings.database.url.empty());
  world.variables["PORT"] = "wrong";
  world.flags.push_back({"server.port", "4005", "--port"});
  CHECK(world.load().settings.server.port == 4005);
}

TEST_CASE("the settings file: --config, then BIGOCEAN_CONFIG, then config/bigocean.toml") {
  World world;
  world.folder.write("config/bigocean.toml", "[server]\nport = 1\n");
  world.folder.write("second.toml", "[server]\nport = 2\n");
  world.folder.write("third.toml", "[server]\nport = 3\n");
  CHECK(world.load().settings.server.port == 1);
  world.variables["BIGOCEAN_CONFIG"] = "second.toml";
  CHECK(world.load().settings.server.port == 2);
  world.config_file = "third.toml";
  CHECK(world.load().settings.server.port == 3);
  CHECK(world.line("server.port").source == "third.toml");
}

TEST_CASE("the kind of environment: flag, BIGOCEAN_ENV, NODE_ENV, file, Railway") {
  World world;
  CHECK(world.load().settings.environment == Environment::kDevelopment);
  world.variables["RAILWAY_ENVIRONMENT_NAME"] = "staging";
  CHECK(world.load().settings.environment == Environment::kProduction);
  CHECK(world.load().settings.on_railway());
  CHECK(world.line("environment").source == "default (RAILWAY_ENVIRONMENT_NAME is set)");
  world.folder.write("config/bigocean.toml", "environment = \"test\"\n");
  CHECK(world.load().settings.environment == Environment::kTest);
  world.variables["NODE_ENV"] = "development";
  CHECK(world.load().settings.environment == Environment::kDevelopment);
  CHECK(world.line("environment").source == "environment NODE_ENV");
  world.variables["BIGOCEAN_ENV"] = "Production";
  CHECK(world.load().settings.environment == Environment::kProduction);
  world.flags.push_back({"environment", "test", "--env"});
  CHECK(world.load().settings.environment == Environment::kTest);
}

TEST_CASE(
    "the edge's network: trusted where Railway's variables say that we run there, and whatever sets it "
    "wins") {
  World world;
  CHECK(world.load().settings.server.edge_network.empty());
  world.variables["RAILWAY_ENVIRONMENT_NAME"] = "production";
  CHECK(world.load().settings.server.edge_network == "100.64.0.0/10");
  CHECK(world.line("server.edge_network").source == "default (RAILWAY_ENVIRONMENT_NAME is set)");
  world.variables["BIGOCEAN_SERVER_EDGE_NETWORK"] = "";
  CHECK(world.load().settings.server.edge_network == "100.64.0.0/10");
  world.folder.write("config/bigocean.toml", "[server]\nedge_network = \"\"\n");
  CHECK(world.load().settings.server.edge_network.empty());
  world.variables["BIGOCEAN_SERVER_EDGE_NETWORK"] = "fd12::/16";
  CHECK(world.load().settings.server.edge_network == "fd12::/16");
  CHECK(world.line("server.edge_network").source == "environment BIGOCEAN_SERVER_EDGE_NETWORK");
}

TEST_CASE(".env files are read in development only") {
  World world;
  world.folder.write(".env", "PORT=4002\n");
  world.folder.write(".env.local", "HOST=127.0.0.1\n");
  CHECK(world.load().settings.server.port == 4002);
  CHECK(world.load().settings.server.host == "127.0.0.1");
  for (const char* environment : {"production", "test"}) {
    world.variables["NODE_ENV"] = environment;
    CHECK(world.load().settings.server.port == 4000);
    CHECK(world.load().settings.server.host == "::");
  }
  // Not even a malformed one disturbs there.
  world.folder.write(".env", "nonsense\n");
  CHECK(world.message().empty());
}

TEST_CASE(".env: comments, export, quotes, escapes, CRLF, the later line") {
  World world;
  world.folder.write(
      ".env",
      "\xEF\xBB\xBF# comment\r\n\r\nexport PORT = 4001 # note\r\n"
      "HOST='10.0.0.1' # note\nBIGOCEAN_MIGRATE_SCHEMA=\"one\"\nBIGOCEAN_MIGRATE_SCHEMA=two\n"
      "BIGOCEAN_MIGRATE_DIR=\"a\\\\b \\$c\"\nREDIS_URL=redis://:a%23b@h#x\nLOG_LEVEL=\nUNRELATED=x\n");
  CHECK(world.message().find("REDIS_URL (.env:8)") != std::string::npos);
  world.folder.write(".env",
                     "\xEF\xBB\xBF# comment\r\n\r\nexport PORT = 4001 # note\r\n"
                     "HOST='10.0.0.1' # note\nBIGOCEAN_MIGRATE_SCHEMA=\"one\"\nBIGOCEAN_MIGRATE_SCHEMA=two\n"
                     "BIGOCEAN_MIGRATE_DIR=\"a\\\\b \\\"c\\\"\"\nLOG_LEVEL=\nUNRELATED=x\n");
  const auto settings = world.load().settings;
  CHECK(settings.server.port == 4001);
  CHECK(settings.server.host == "10.0.0.1");
  CHECK(settings.migrate.schema == "two");
  CHECK(settings.migrate.dir == "a\\b \"c\"");
  CHECK(settings.log.level == bigocean::base::LogLevel::kInfo);
  CHECK(world.load().warnings.empty());
}

TEST_CASE(".env: a name that is nearly known, or has no effect there, is warned about") {
  World world;
  world.folder.write(".env", "DATABSE_URL=x\nNODE_ENV=production\n");
  const auto loaded = world.load();
  CHECK(loaded.settings.environment == Environment::kDevelopment);
  REQUIRE(loaded.warnings.size() == 2);
  CHECK(loaded.warnings[0] == ".env:1: DATABSE_URL is unknown (did you mean DATABASE_URL?)");
  CHECK(loaded.warnings[1].starts_with(".env:2: NODE_ENV has no effect here"));
}

TEST_CASE("production names everything that is missing at once") {
  World world;
  world.production_requirements = {bigocean::config::kDatabaseUrl, bigocean::config::kRedisUrl,
                                   bigocean::server::product::kAnthropicKey};
  CHECK(world.message().empty());
  world.variables["NODE_ENV"] = "production";
  world.folder.write(".env", "DATABASE_URL=postgres://db/app\n");
  std::string message = world.message();
  CAPTURE(message);
  CHECK(count_lines(message) == 4);
  for (const char* name : {"DATABASE_URL", "REDIS_URL", "ANTHROPIC_API_KEY"}) {
    CHECK(message.find(std::string(name) + " (not set): is missing (.env is read in development only)") !=
          message.npos);
  }
  CHECK(message.find("SENTRY_DSN") == message.npos);
  // One that is there but wrong is reported as wrong, not as missing.
  world.variables["DATABASE_URL"] = "mysql://db";
  message = world.message();
  CHECK(message.find("DATABASE_URL (environment)") != message.npos);
  CHECK(message.find("DATABASE_URL (not set)") == message.npos);
  world.variables["DATABASE_URL"] = "postgres://app:pw@db/app";
  world.variables["REDIS_URL"] = "redis://default:pw@cache:6379";
  world.variables["ANTHROPIC_API_KEY"] = "sk-ant-api03-0123456789";
  CHECK(world.message().empty());
}

TEST_CASE("Railway's draining seconds leave two seconds to spare") {
  World world;
  using std::chrono::seconds;
  const std::pair<const char*, int> rows[] = {{"30", 28}, {"3", 1}, {"2", 1}, {"0", 1}};
  for (const auto& [given, expected] : rows) {
    world.variables["RAILWAY_DEPLOYMENT_DRAINING_SECONDS"] = given;
    CHECK(world.load().settings.server.drain_timeout == seconds(expected));
  }
  CHECK(world.line("server.drain_timeout").source == "environment RAILWAY_DEPLOYMENT_DRAINING_SECONDS");
  world.variables["BIGOCEAN_SERVER_DRAIN_TIMEOUT"] = "5s";
  CHECK(world.load().settings.server.drain_timeout == seconds(5));
}

TEST_CASE("connection strings that are right are taken as they are") {
  for (const char* url :
       {"postgres://db", "postgresql://app:p%40ss@db:5432/app?sslmode=require",
        "postgresql:///app?host=/var/run/postgresql", "postgresql://%2Fvar%2Frun%2Fpostgresql/app",
        "postgres://app:pw@one:5432,two:5433/app?target_session_attrs=any",
        "postgres://app:pw@[2001:db8::1]:5432/app", "postgres://app:pa$$word@db/app",
        "host=/tmp dbname=app password='a b'", "postgresql://app@/app",
        "postgres://app:pw@db/app?options=-c%20statement_timeout%3D5s"}) {
    CAPTURE(std::string(url));
    World world;
    world.variables["DATABASE_URL"] = url;
    CHECK(world.message() == "");
    CHECK(world.load().settings.database.url.reveal() == url);
  }
}

}  // namespace precedence_test
