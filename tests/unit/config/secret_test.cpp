// No secret reaches any output: every secret setting, every output.
#include <doctest/doctest.h>

#include "config/redis_url.hpp"
#include "config/secret.hpp"
#include "tests/unit/config/support.hpp"

namespace secret_test {

using bigocean::config::redact;
using bigocean::config::redact_urls;
using bigocean::config::Secret;
using bigocean::test::World;

namespace {

std::string redacted(const char* value) { return Secret(value).redacted(); }

struct Row {
  const char* value;
  const char* expected;
};

}  // namespace

TEST_CASE("redacted() keeps what is public") {
  const Row rows[] = {
      {"", ""},
      {"postgresql://app:hunter2@db:5432/app?sslmode=require",
       "postgresql://app:***@db:5432/app?sslmode=require"},
      {"postgres://app@db/app", "postgres://app@db/app"},
      {"postgres://one:1,two:2/app", "postgres://one:1,two:2/app"},
      {"postgres://db/app?user=app&password=hunter2&sslmode=require",
       "postgres://db/app?user=app&password=***&sslmode=require"},
      {"postgres://app:hunter2@db/app?sslpassword=tiger", "postgres://app:***@db/app?sslpassword=***"},
      {"postgres://app:hun@ter2@db/app", "postgres://app:***@db/app"},
      {"postgres://app:hun/ter2@db/app", "postgres://app:***@db/app"},
      {"postgres://app:hun?ter2@db/app", "postgres://app:***@db/app"},
      {"postgres://app:hunter2", "postgres://app:***"},
      {"redis://:hunter2@cache:6379/0", "redis://:***@cache:6379/0"},
      {"redis://hunter2@cache:6379", "redis://***@cache:6379"},
      {"rediss://default:hunter2@[::1]:6379", "rediss://default:***@[::1]:6379"},
      {"redis://[::1]:6379", "redis://[::1]:6379"},
      {"https://abcdef0123456789@sentry.example.com/42", "https://***@sentry.example.com/42"},
      {"host=db user=app password=hunter2 dbname=app", "host=db user=app password=*** dbname=app"},
      {"host=db password='hunter two' dbname=app", "host=db password='***' dbname=app"},
      {"password = hunter2", "password = ***"},
      {"short", "***"},
      {"sk-ant-api03-0123456789", "***6789"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.value));
    CHECK(redacted(row.value) == row.expected);
  }
}

TEST_CASE("redact() finds the secret, its password and its decoded password in foreign words") {
  const Secret url("postgresql://app:p%40ssword9@db/app");
  CHECK(redact("cannot use postgresql://app:p%40ssword9@db/app today", url) == "cannot use *** today");
  CHECK(redact("bad password p@ssword9", url) == "bad password ***");
  CHECK(redact("bad password p%40ssword9.", url) == "bad password ***.");
  CHECK(redact("no secret here", url) == "no secret here");
  CHECK(redact("postgres://x:other@y/z", url) == "postgres://x:***@y/z");
  CHECK(redact("application app refused: app", Secret("postgres://u:app@h/d")) ==
        "application *** refused: ***");
  CHECK(redact("key abcdef0123 is disabled", Secret("https://abcdef0123@host/1")) == "key *** is disabled");
  CHECK(redact("text", Secret()) == "text");
}

TEST_CASE("redact_urls() finds every URL with credentials") {
  CHECK(redact_urls("a redis://u:p@h/1 and 'postgres://v:q@i/2', done") ==
        "a redis://u:***@h/1 and 'postgres://v:***@i/2', done");
  CHECK(redact_urls("https://key@sentry.example.com/1") == "https://***@sentry.example.com/1");
  CHECK(redact_urls("see https://example.com:8443/a?b=c") == "see https://example.com:8443/a?b=c");
  CHECK(redact_urls("mail me@example.com") == "mail me@example.com");
}

TEST_CASE("no secret leaks from any setting, right or wrong, by any source") {
  // Each value holds the word "hunter" in what is secret, and nowhere else.
  const std::pair<const char*, const char*> rows[] = {
      {"DATABASE_URL", "postgres://app:hunter22@db/app"},
      {"DATABASE_URL", "postgres://app:hunter22"},
      {"DATABASE_URL", "postgres://app:hun@ter-hunter@db/app"},
      {"DATABASE_URL", "postgres://app:x/hunter@db/app"},
      {"DATABASE_URL", "postgres://app:x?hunter=1@db/app"},
      {"DATABASE_URL", "postgres://app:x#hunter@db/app"},
      {"DATABASE_URL", "postgres://app:%zzhunter@db/app"},
      {"DATABASE_URL", "postgres://db/app?password=hunter&hunter=1"},
      {"DATABASE_URL", "postgres://app:hunter@db:port/app"},
      {"DATABASE_URL", "mysql://app:hunter@db/app"},
      {"DATABASE_URL", "\"postgres://app:hunter@db/app\""},
      {"DATABASE_URL", "postgres://app:hunter@db/app\n"},
      {"DATABASE_URL", "host=db password=hunter22"},
      {"DATABASE_URL", "host=db password=hunter 22"},
      {"DATABASE_URL", "host=db password='hunter"},
      {"DATABASE_URL", "app:hunter@db/app"},
      {"DATABASE_UNPOOLED_URL", "postgres://app:hunter@db/app"},
      {"DATABASE_UNPOOLED_URL", "postgres://app:hunter@db@/app"},
      {"REDIS_URL", "redis://default:hunter@cache:6379"},
      {"REDIS_URL", "redis://hunter@cache:6379"},
      {"REDIS_URL", "redis://default:hunter@cache:6379/x"},
      {"REDIS_URL", "redis://default:x@hunter@cache"},
      {"REDIS_URL", "redis://default:x/hunter@cache"},
      {"REDIS_URL", "redis://cache?password=hunter"},
      {"ANTHROPIC_API_KEY", "sk-ant-hunter-0123456789"},
      {"ANTHROPIC_API_KEY", "sk-ant-hunter 0123456789"},
      {"ANTHROPIC_API_KEY", "hunter"},
      {"ANTHROPIC_BASE_URL", "https://user:hunter@proxy"},
      {"SENTRY_DSN", "https://hunter0123456789@sentry.example.com/42"},
      {"SENTRY_DSN", "https://hunter@sentry.example.com"},
      {"SENTRY_DSN", "hunter"},
      // A secret under the wrong name.
      {"PORT", "postgres://app:hunter@db/app"},
      {"LOG_LEVEL", "redis://:hunter@cache"},
      {"BIGOCEAN_MIGRATE_DIR", "postgres://app:hunter@db/app"},
  };
  const auto check = [](const World& world) {
    std::string output = world.message();
    if (output.empty()) {
      const auto loaded = world.load();
      for (const auto& line : loaded.lines) output += line.key + " " + line.value + " " + line.source + "\n";
      for (const auto& warning : loaded.warnings) output += warning + "\n";
    }
    CAPTURE(output);
    CHECK(output.find("hunter") == std::string::npos);
    CHECK_FALSE(output.empty());
  };
  for (const auto& [name, value] : rows) {
    CAPTURE(std::string(name));
    CAPTURE(std::string(value));
    World by_variable;
    by_variable.variables[name] = value;
    check(by_variable);

    World by_env_file;
    by_env_file.folder.write(".env", std::string(name) + "=" + value + "\n");
    check(by_env_file);

    std::string key;
    for (const auto& info : bigocean::config::setting_table()) {
      if (info.environment == name) key = info.key;
    }
    World by_flag;
    by_flag.flags.push_back({key, value, "--flag"});
    check(by_flag);

    const auto dot = key.find('.');
    for (const char* quote : {"'", "", "\""}) {
      World by_toml;
      by_toml.folder.write("config/bigocean.toml", "[" + key.substr(0, dot) + "]\n" + key.substr(dot + 1) +
                                                       " = " + quote + value + quote + "\n");
      check(by_toml);
    }
  }
}

TEST_CASE("a Redis URL is taken apart") {
  using bigocean::config::parse_redis_url;
  const auto full = parse_redis_url(Secret("rediss://app%3Aone:p%40ss%23@cache.internal:6380/3?family=6"));
  CHECK(full.tls);
  CHECK(full.user == "app:one");
  CHECK(full.password.reveal() == "p@ss#");
  CHECK(full.host == "cache.internal");
  CHECK(full.port == 6380);
  CHECK(full.database == 3);
  CHECK(full.family == 6);

  const auto least = parse_redis_url(Secret("redis://cache"));
  CHECK_FALSE(least.tls);
  CHECK(least.user.empty());
  CHECK(least.password.empty());
  CHECK(least.port == 6379);
  CHECK(least.database == 0);
  CHECK(least.family == 0);

  const auto v6 = parse_redis_url(Secret("redis://:secret@[2001:db8::1]:6379/"));
  CHECK(v6.user.empty());
  CHECK(v6.password.reveal() == "secret");
  CHECK(v6.host == "2001:db8::1");
  CHECK(parse_redis_url(Secret("redis://default:pw@cache:6379?family=0")).family == 0);
}

}  // namespace secret_test
