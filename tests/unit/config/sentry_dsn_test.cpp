// Sentry DSNs: where their envelopes go, and which are refused.
#include "config/sentry_dsn.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/error.hpp"
#include "tests/unit/config/support.hpp"

namespace bigocean::config::sentry_dsn_test {
namespace {

struct Good {
  const char* dsn;
  const char* url;
  const char* key;
};

const Good kGood[] = {
    {"https://abc@sentry.example.com/42", "https://sentry.example.com/api/42/envelope/", "abc"},
    {"https://abc@o1.ingest.sentry.io/4505", "https://o1.ingest.sentry.io/api/4505/envelope/", "abc"},
    {"http://abc@127.0.0.1:9000/1", "http://127.0.0.1:9000/api/1/envelope/", "abc"},
    {"https://abc@[::1]:9000/1", "https://[::1]:9000/api/1/envelope/", "abc"},
    {"https://abc:def@sentry.example.com/42", "https://sentry.example.com/api/42/envelope/", "abc"},
    {"https://abc@sentry.example.com/a/b/42", "https://sentry.example.com/a/b/api/42/envelope/", "abc"},
    {"HTTPS://abc@sentry.example.com/42", "HTTPS://sentry.example.com/api/42/envelope/", "abc"},
};

TEST_CASE("a DSN says where envelopes go, and with which key") {
  for (const auto& good : kGood) {
    CAPTURE(good.dsn);
    const auto dsn = parse_sentry_dsn(Secret(good.dsn));
    CHECK(dsn.envelope_url == good.url);
    CHECK(dsn.key == good.key);
  }
}

TEST_CASE("what is no DSN is refused, and the key is not shown") {
  for (const char* bad :
       {"", "sentry.example.com", "ftp://hunter2@sentry.example.com/42", "https://sentry.example.com/42",
        "https://hunter2@sentry.example.com", "https://hunter2@sentry.example.com/",
        "https://hunter2@sentry.example.com/proj", "https://hunter2@/42",
        "https://hunter2@sentry.example.com/42?x=1", "https://hunter2@sentry.example.com/42#x",
        "https://hunter2@sentry.example.com:0/42", "https://hun ter2@sentry.example.com/42",
        "https://hunter2@x@sentry.example.com/42", "https://hunter2@sentry.ex\xc3\xa4mple/42",
        "https://[YOUR-KEY]@sentry.example.com/42", "https://@sentry.example.com/42"}) {
    CAPTURE(bad);
    try {
      parse_sentry_dsn(Secret(bad));
      FAIL_CHECK("was accepted");
    } catch (const base::Error& error) {
      CHECK(error.code == base::ExitCode::kUsage);
      CHECK(error.message.find("hunter2") == std::string::npos);
      CHECK(error.hint.find("https://key@host/42") != std::string::npos);
    }
  }
}

TEST_CASE("every secret of the settings is known to the redaction") {
  test::World world;
  world.variables = {{"DATABASE_URL", "postgresql://app:one@db/app"},
                     {"DATABASE_UNPOOLED_URL", "postgresql://app:two@db/app"},
                     {"REDIS_URL", "redis://:three@cache"},
                     {"SENTRY_DSN", "https://four@sentry.example.com/1"},
                     {"ANTHROPIC_API_KEY", "sk-ant-five"},
                     {"BIGOCEAN_METRICS_TOKEN", "six"},
                     {"BIGOCEAN_MIGRATE_SCRATCH_URL", "postgresql://app:seven@db/app"}};
  const auto secrets = secrets_of(world.load().settings);
  CHECK(secrets.size() == world.variables.size());
  for (const auto& [name, value] : world.variables) {
    CAPTURE(name);
    CHECK(std::any_of(secrets.begin(), secrets.end(), [&](const Secret& s) { return s.reveal() == value; }));
  }
}

}  // namespace
}  // namespace bigocean::config::sentry_dsn_test
