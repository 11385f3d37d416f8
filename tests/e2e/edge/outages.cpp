// What is lost while a store cannot do its work, and what a balancer sees. The table in docs/operations.md
// has a line for each case.
#include "tests/e2e/edge/scene.hpp"
#include "tests/support/sentry.hpp"

namespace bigocean::test::outages {
namespace {

std::string retry_after(const std::string& reply) {
  const auto at = reply.find("\r\nRetry-After: ");
  return at == std::string::npos ? "" : reply.substr(at + 15, reply.find("\r\n", at + 2) - at - 15);
}

std::string postgres_output(int port) {
  return json_of(get(port, "/ready"))["checks"]["postgres"][0].value("output", "");
}

TEST_CASE("a full disk: 503 with Retry-After, one report, and /ready says why until writes work again") {
  SentryStandIn sentry;
  Scene scene(Environment{{"SENTRY_DSN", sentry.dsn()}});
  const auto talker = begin(scene.port(), "198.51.100.1");
  query(scene.url,
        "CREATE SCHEMA full_disk;"
        "CREATE FUNCTION full_disk.lo_from_bytea(oid, bytea) RETURNS oid LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; "
        "END $$;"
        "CREATE FUNCTION full_disk.fail() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; "
        "END $$;"
        "CREATE TRIGGER full_disk BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION full_disk.fail()");
  query(scene.url, "ALTER ROLE postgres SET search_path = full_disk, public, pg_catalog");
  // New connections: the pool's own do not know the setting.
  query(scene.url,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE application_name LIKE 'bigocean-serve%'");
  wait_until("ready again", 30s, [&] { return status_of(get(scene.port(), "/ready")) == 200; });
  for (int i = 0; i < 20; ++i) {
    const auto reply =
        exchange(scene.port(), rpc("StartAssessment", "{}", from("198.51.100." + std::to_string(i))));
    CHECK(status_of(reply) == 503);
    CHECK(retry_after(reply) == "30");
    CHECK(json_of(reply)["_tag"] == "ServiceUnavailable");
    CHECK_FALSE(has(reply, "No space"));
  }
  wait_until("not ready", 30s, [&] { return has(postgres_output(scene.port()), "the disk is full"); });
  CHECK(status_of(get(scene.port(), "/ready")) == 503);
  CHECK(status_of(get(scene.port(), "/health")) == 200);
  // What reads goes on.
  CHECK(status_of(exchange(scene.port(), talker.request("ExportSession"))) == 200);
  query(scene.url, "DROP SCHEMA full_disk CASCADE");
  wait_until("ready again", 30s, [&] { return status_of(get(scene.port(), "/ready")) == 200; });
  begin(scene.port(), "198.51.100.77");
  const auto reports = sentry.wait_for(1);
  CHECK(sentry.count() == 1);
  CHECK(reports[0].event["tags"]["sqlstate"] == "53100");
  for (const auto& fault : reports[0].faults) FAIL_CHECK(fault);
}

TEST_CASE("read-only: 503 with Retry-After for what writes, /ready says why, and reading goes on") {
  SentryStandIn sentry;
  Scene scene(Environment{{"SENTRY_DSN", sentry.dsn()}});
  const auto talker = begin(scene.port(), "198.51.100.1");
  query(scene.postgres.url(), "ALTER SYSTEM SET default_transaction_read_only = on");
  query(scene.postgres.url(), "SELECT pg_reload_conf()");
  wait_until("not ready", 30s, [&] { return has(postgres_output(scene.port()), "read-only"); });
  CHECK(status_of(get(scene.port(), "/ready")) == 503);
  for (int i = 0; i < 20; ++i) {
    const auto reply =
        exchange(scene.port(), rpc("StartAssessment", "{}", from("198.51.100." + std::to_string(i))));
    CHECK(status_of(reply) == 503);
    CHECK(retry_after(reply) == "5");
  }
  CHECK(status_of(exchange(scene.port(), talker.request("ExportSession"))) == 200);
  query(scene.postgres.url(), "ALTER SYSTEM RESET default_transaction_read_only");
  query(scene.postgres.url(), "SELECT pg_reload_conf()");
  wait_until("ready again", 30s, [&] { return status_of(get(scene.port(), "/ready")) == 200; });
  begin(scene.port(), "198.51.100.77");
  sentry.wait_for(1);
  CHECK(sentry.count() == 1);
}

TEST_CASE("Redis away: ready with a warning, every request succeeds, limits count in the process") {
  Scene scene(Environment{{"BIGOCEAN_LIMITS_ASSESSMENTS_PER_ADDRESS_DAY", "2"}});
  const auto talker = begin(scene.port(), "198.51.100.1");
  for (int round = 0; round < 2; ++round) {  // flapping
    scene.redis.stop();
    wait_until("the warning", 30s, [&] { return json_of(get(scene.port(), "/ready"))["status"] == "warn"; });
    CHECK(status_of(get(scene.port(), "/ready")) == 200);
    CHECK(status_of(exchange(scene.port(), talker.message("Hello"))) == 200);
    const auto address = "198.51.100.5" + std::to_string(round);
    for (int i = 0; i < 2; ++i) begin(scene.port(), address);
    CHECK(status_of(exchange(scene.port(), rpc("StartAssessment", "{}", from(address)))) == 429);
    scene.redis.start();
    wait_until("Redis", 30s, [&] { return json_of(get(scene.port(), "/ready"))["status"] == "pass"; });
  }
}

TEST_CASE("PostgreSQL away: not ready, 503 with Retry-After, and all is well once it is back") {
  Scene scene;
  const auto talker = begin(scene.port(), "198.51.100.1");
  scene.postgres.stop(false);
  wait_until("not ready", 30s, [&] { return status_of(get(scene.port(), "/ready")) == 503; });
  CHECK(retry_after(get(scene.port(), "/ready")) == "1");
  const auto reply = exchange(scene.port(), talker.message("Hello"));
  CHECK(status_of(reply) == 503);
  CHECK(retry_after(reply) == "1");
  CHECK(status_of(get(scene.port(), "/health")) == 200);
  scene.postgres.start();
  wait_until("ready again", 30s, [&] { return status_of(get(scene.port(), "/ready")) == 200; });
  CHECK(status_of(exchange(scene.port(), talker.message("Hello"))) == 200);
}

}  // namespace
}  // namespace bigocean::test::outages
