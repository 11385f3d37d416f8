// The traces of commands: migrate with its files and lock waits, and the checks.
#include <doctest/doctest.h>

#include <csignal>
#include <string>

#include "tests/e2e/migrate/fixture.hpp"
#include "tests/support/otlp.hpp"
#include "tests/support/span_tree.hpp"
#include "tests/support/stand_in.hpp"

namespace bigocean::test::command_traces {
namespace {

/// A scene whose commands send traces.
struct TracedScene : Scene {
  TracedScene() {
    environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.url();
    environment["TRACEPARENT"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    environment["TRACESTATE"] = "ci=1";
  }

  OtlpStandIn receiver;
};

TEST_CASE("migrate: the caller's trace, a span for each file, and no text of a file") {
  TracedScene scene;
  scene.file("1_users.sql", "CREATE TABLE users (id int, word text DEFAULT 'quetzalcoatl');");
  scene.file("2_rows.sql",
             "CREATE ROLE quetzalcoatl_role PASSWORD 'quetzalcoatl'; DROP ROLE quetzalcoatl_role;"
             "INSERT INTO users VALUES (1, 'quetzalcoatl');");
  scene.file("3_index.sql", "CREATE INDEX CONCURRENTLY users_id ON users (id);");
  // Large enough to be sent with parameters, which do not take what stands behind VALUES and in comments.
  std::string rows = "INSERT INTO users (id, word) -- from quetzalcoatl\nVALUES (2, 'x')";
  for (int i = 3; rows.size() < 400'000; ++i) rows += ", (" + std::to_string(i) + ", 'quetzalcoatl')";
  scene.file("4_many.sql", rows + " RETURNING 'quetzalcoatl';");
  const auto done = scene.migrate();
  REQUIRE_MESSAGE(done.exit_code == 0, said(done));
  CHECK(done.err == "");
  const auto spans = scene.receiver.spans();
  CAPTURE(names_of(spans));
  const auto* root = find_span(spans, "migrate up");
  REQUIRE(root != nullptr);
  CHECK(root->trace_id == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK(root->parent_id == "00f067aa0ba902b7");
  CHECK(root->state == "ci=1");
  CHECK(root->text("process.exit.code") == "0");
  for (const std::string file : {"1_users", "2_rows", "3_index", "4_many"}) {
    CAPTURE(file);
    const auto* span = find_span(spans, "up " + file);
    REQUIRE(span != nullptr);
    CHECK(span->parent_id == root->id);
    CHECK(span->text("bigocean.migration.name") == file);
    CHECK(span->text("bigocean.migration.retries") == "0");
    CHECK(children_of(spans, *span).size() > 0);
  }
  const auto of_first = children_of(spans, *find_span(spans, "up 1_users"));
  CHECK_MESSAGE(find_span(of_first, "CREATE") != nullptr, names_of(of_first));
  CHECK(find_span(spans, "wait for the migration lock") == nullptr);
  CHECK(find_span(spans, "wait for a table lock") == nullptr);
  for (const auto& request : scene.receiver.requests()) CHECK_FALSE(contains(request.body, "quetzalcoatl"));
  CHECK(otlp_faults(scene.receiver.requests()) == "");

  REQUIRE(scene.migrate({"down", "--steps", "1", "--yes"}).exit_code != 2);
  CHECK(find_span(scene.receiver.spans(), "migrate down") != nullptr);
}

TEST_CASE("migrate: a lock wait is a span, without those of looking again and again") {
  TracedScene scene;
  scene.rows("CREATE TABLE busy (n int)");
  scene.file("1_alter.sql", "ALTER TABLE busy ADD COLUMN note text;");
  Session holder(scene.url);
  holder.run("BEGIN; SELECT count(*) FROM busy");
  auto first = scene.start({"--lock-timeout", "100ms", "--new-history"});
  scene.wait_for(
      "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND database ="
      " (SELECT oid FROM pg_database WHERE datname = current_database()))");
  auto second = scene.start({"--new-history"});
  REQUIRE(second.wait_for_output("waiting", std::chrono::seconds(20)));
  REQUIRE(first.wait_for_output("waiting for a free moment", std::chrono::seconds(20)));
  holder.run("COMMIT");
  const auto one = first.wait();
  CHECK_MESSAGE(one.exit_code == 0, said(one));
  const auto two = second.wait();
  CHECK_MESSAGE(two.exit_code == 0, said(two));
  const auto spans = scene.receiver.spans();
  CAPTURE(names_of(spans));
  const auto* for_table = find_span(spans, "wait for a table lock");
  REQUIRE(for_table != nullptr);
  const auto* file = find_span(spans, "up 1_alter");
  REQUIRE(file != nullptr);
  CHECK(for_table->parent_id == file->id);
  CHECK(for_table->end - for_table->begin > 1'000'000);
  const auto* for_migrate = find_span(spans, "wait for the migration lock");
  REQUIRE(for_migrate != nullptr);
  for (const auto* wait : {for_table, for_migrate}) CHECK(children_of(spans, *wait).empty());
  CHECK(otlp_faults(scene.receiver.requests()) == "");
}

TEST_CASE("migrate: a file that fails is marked with its SQLSTATE, the command with its exit code") {
  TracedScene scene;
  scene.file("1_wrong.sql", "CREATE TABLE ok (id int); SELECT * FROM quetzalcoatl;");
  const auto done = scene.migrate();
  CHECK(done.exit_code == 5);
  const auto spans = scene.receiver.spans();
  const auto* file = find_span(spans, "up 1_wrong");
  REQUIRE(file != nullptr);
  CHECK(file->has_failed);
  CHECK(file->text("error.type") == "42P01");
  const auto* root = find_span(spans, "migrate up");
  REQUIRE(root != nullptr);
  CHECK(root->has_failed);
  CHECK(root->text("process.exit.code") == "5");
  for (const auto& request : scene.receiver.requests()) CHECK_FALSE(contains(request.body, "quetzalcoatl"));
}

TEST_CASE("migrate: a signal in the middle is in the trace, too") {
  TracedScene scene;
  scene.rows("CREATE TABLE slow (n int); INSERT INTO slow VALUES (1)");
  scene.file("1_slow.sql", kSleepWhileSlow);
  auto running = scene.start({"--new-history"});
  scene.wait_for_sleep();
  running.signal(SIGTERM);
  CHECK(running.wait().exit_code == 143);
  const auto root = scene.receiver.wait_for("migrate up");
  CHECK(root.has_failed);
  CHECK(root.text("process.exit.code") == "143");
}

TEST_CASE(
    "migrate: a receiver that is away or silent changes neither exit code nor output, and is told once") {
  const StandIn silent(Habit::kSilent);
  for (const int port : {free_port(), silent.port()}) {
    CAPTURE(port);
    TracedScene scene;
    scene.file("1_users.sql", "CREATE TABLE users (id int);");
    scene.environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:" + std::to_string(port);
    const auto done = scene.migrate({"--json"});
    CHECK(done.exit_code == 0);
    document(done);
    CHECK(count_of(done.err, "warning: ") == 1);
    CHECK(contains(done.err, "spans were not sent: "));
    CHECK_FALSE(contains(done.err, "SIGTERM"));
    if (port == silent.port()) CHECK(contains(done.err, "had not answered when the process ended"));
    // Not even if the warning itself cannot be written.
    ProcessOptions options;
    options.environment = scene.environment;
    const auto full = run({"/bin/sh", "-c", "exec \"$0\" migrate status --dir \"$1\" 2>/dev/full",
                           BIGOCEAN_BINARY, scene.folder()},
                          options);
    CHECK(full.exit_code == 0);
  }
}

TEST_CASE("variables of OpenTelemetry that cannot be used are warnings, and end nothing") {
  TracedScene scene;
  scene.file("1_users.sql", "CREATE TABLE users (id int);");
  scene.environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
  scene.environment["OTEL_TRACES_SAMPLER"] = "sometimes";
  scene.environment["OTEL_BSP_MAX_QUEUE_SIZE"] = "-1";
  const auto done = scene.migrate();
  CHECK(done.exit_code == 0);
  CHECK(contains(done.err, "OTEL_EXPORTER_OTLP_PROTOCOL (environment) `grpc` is not http/json"));
  CHECK(contains(done.err, "OTEL_TRACES_SAMPLER (environment) `sometimes` is not one of"));
  CHECK(contains(done.err, "OTEL_BSP_MAX_QUEUE_SIZE (environment) `-1` is outside"));
  CHECK(find_span(scene.receiver.spans(), "migrate up") != nullptr);
}

TEST_CASE("nothing is sent without an endpoint, with the SDK disabled, and without an exporter") {
  TracedScene scene;
  scene.file("1_users.sql", "CREATE TABLE users (id int);");
  const auto endpoint = scene.environment["OTEL_EXPORTER_OTLP_ENDPOINT"];
  for (const auto& [name, value] :
       {std::pair{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}, std::pair{"OTEL_SDK_DISABLED", "true"},
        std::pair{"OTEL_TRACES_EXPORTER", "none"}, std::pair{"OTEL_TRACES_SAMPLER", "always_off"}}) {
    CAPTURE(name);
    auto environment = scene.environment;
    scene.environment[name] = value;
    CHECK(scene.migrate().exit_code == 0);
    scene.environment = environment;
  }
  CHECK(scene.receiver.requests().empty());
}

TEST_CASE("the checks are traces, and their connections and queries are in them") {
  TracedScene scene;
  const PrivateRedis redis;
  ProcessOptions options;
  options.environment = scene.environment;
  options.environment["REDIS_URL"] = redis.url();
  CHECK(run({BIGOCEAN_BINARY, "check-redis"}, options).exit_code == 0);
  run({BIGOCEAN_BINARY, "check-db"}, options);
  const auto spans = scene.receiver.spans();
  CAPTURE(names_of(spans));
  for (const std::string name : {"check-redis", "check-db"}) {
    CAPTURE(name);
    const auto* root = find_span(spans, name);
    REQUIRE(root != nullptr);
    const auto inner = children_of(spans, *root);
    CHECK(find_span(inner, "connect") != nullptr);
    CHECK(inner.size() > 2);
  }
  CHECK(otlp_faults(scene.receiver.requests()) == "");
}

}  // namespace
}  // namespace bigocean::test::command_traces
