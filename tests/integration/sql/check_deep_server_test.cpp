// check-db --deep finds each bad state of a running server, and its remedies run.
#include <thread>

#include "tests/integration/sql/check_deep_support.hpp"
#include "tests/support/process.hpp"

namespace check_deep_server_test {

using namespace bigocean;
using namespace bigocean::test;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Autovacuum looks once a day, so that it does not come in the middle.
PostgresOptions patient(std::map<std::string, std::string> settings = {}) {
  PostgresOptions options;
  options.settings = std::move(settings);
  options.settings.emplace("autovacuum_naptime", "1d");
  return options;
}

/// A statement in a session of its own that may end with an error.
class Statement {
 public:
  Statement(const std::string& url, const std::string& sql)
      : session_(url), pid_(session_.run("SELECT pg_backend_pid()")[0][0]), thread_([this, sql] {
          try {
            session_.run(sql);
          } catch (const std::exception&) {
            failed_ = true;
          }
        }) {}
  ~Statement() { join(); }
  /// Whether it failed.
  bool join() {
    if (thread_.joinable()) thread_.join();
    return failed_;
  }
  const std::string& pid() const { return pid_; }

 private:
  Session session_;
  std::string pid_;
  bool failed_ = false;
  std::thread thread_;
};

void restart(PrivatePostgres& server) {
  server.stop(false);
  server.start();
}

void make_wal(const std::string& url, int segments) {
  for (int i = 0; i < segments; ++i)
    query(url, "DROP TABLE IF EXISTS wal; CREATE TABLE wal AS SELECT 1; SELECT pg_switch_wal()");
}

}  // namespace

TEST_CASE("check-db --deep: tables that autovacuum and analyze do not reach") {
  PrivatePostgres server(patient());
  for (const DeepState& state : std::vector<DeepState>{
           {"autovacuum", "CREATE TABLE t AS SELECT generate_series(1, 5000) a; DELETE FROM t",
            "dead rows, autovacuum was due at", 2, 1000},
           {"statistics_age", "CREATE TABLE t AS SELECT generate_series(1, 5000) a",
            "t (5000 changes, never analyzed) -> ANALYZE t", 2, 1000},
           {"statistics_age",
            "CREATE TABLE t (a int) WITH (autovacuum_analyze_threshold = 100000);"
            "INSERT INTO t SELECT generate_series(1, 900); ANALYZE t; UPDATE t SET a = a",
            "", 2, 10},
           {"statistics_age",
            "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p DEFAULT; "
            "INSERT INTO p SELECT generate_series(1, 2000); ANALYZE p1",
            "p (partitioned, never analyzed) -> ANALYZE p", 2, 1000},
           {"autovacuum", "ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf()",
            "autovacuum is off for the whole server -> ALTER SYSTEM SET autovacuum = on", 2, 1000},
       })
    expect_found_and_mended(server.create_database(), state);
}

TEST_CASE("check-db --deep: a large table that is read as a whole") {
  PrivatePostgres server(patient({{"shared_preload_libraries", "pg_stat_statements"}}));
  const auto url = server.url();
  query(url,
        "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT i, i FROM generate_series(1, 3000) "
        "i");
  query(url, "VACUUM ANALYZE t");
  for (int i = 0; i < 25; ++i) query(url, "SELECT FROM t WHERE v = " + std::to_string(i));
  const Given given{{5, 1.0}};
  const auto row = await_warning(url, "sequential_scans", given);
  CHECK(has(row.observed, "t (112 kB, 2"));
  CHECK(has(row.observed, "scans read all of it)"));
  CHECK(row.remedy == "CREATE EXTENSION pg_stat_statements");
  run_remedy(url, row.remedy);
  const auto remedy = deep_row(url, "sequential_scans", given).remedy;
  CHECK(has(remedy, "FROM public.pg_stat_statements WHERE strpos(query, 't') > 0"));
  CHECK_FALSE(query(url, remedy).empty());
  query(url,
        "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SELECT count(*) "
        "FROM generate_series(1, 1000) g, LATERAL (SELECT FROM t "
        "WHERE id = g) s");
  wait_until("index scans to be counted", 20s,
             [&] { return deep_row(url, "sequential_scans", given).level == CheckLevel::kOk; });
}

TEST_CASE("check-db --deep: chains of sessions that wait for a lock") {
  PrivatePostgres server(patient({{"max_prepared_transactions", "2"}}));
  const auto url = server.url();
  query(url, "CREATE TABLE t (a int)");
  Session holder(url);
  const auto pid = holder.run("SELECT pg_backend_pid()")[0][0];
  holder.run("SET application_name = 'holder'");
  holder.run("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE");
  Statement first(url, "ALTER TABLE t ADD COLUMN b int");
  wait_until("the first to wait", 20s,
             [&] { return query(url, "SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0] == "1"; });
  Statement second(url, "SELECT FROM t");
  wait_until("the second to wait", 20s,
             [&] { return query(url, "SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0] == "2"; });
  CHECK(deep_row(url, "blocking_chains", Given{{3600, {}}}).level == CheckLevel::kOk);
  const auto row = await_warning(url, "blocking_chains", Given{{0, {}}});
  CHECK(has(row.observed, "pid " + pid + " (postgres, holder, idle in transaction) holds up 2 (" +
                              first.pid() + ", " + second.pid() + "), for "));
  CHECK(has(row.observed, " s on t"));
  CHECK(row.remedy == "SELECT pg_terminate_backend(" + pid + ")");
  query(url, "CREATE ROLE stranger LOGIN");
  CHECK(has(deep_row(server.url("postgres", "stranger"), "blocking_chains", Given{{0, {}}}).observed,
            "pid " + pid));
  run_remedy(url, row.remedy);
  CHECK_FALSE(first.join());
  CHECK_FALSE(second.join());
  CHECK(deep_row(url, "blocking_chains", Given{{0, {}}}).level == CheckLevel::kOk);

  query(url, "BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE; PREPARE TRANSACTION 'left'");
  Statement third(url, "SELECT FROM t");
  const auto prepared = await_warning(url, "blocking_chains", Given{{0, {}}});
  CHECK(has(prepared.observed, "a prepared transaction) holds up 1"));
  CHECK(query(url, prepared.remedy).at(0).at(0) == "left");
  query(url, "ROLLBACK PREPARED 'left'");
  CHECK_FALSE(third.join());
}

TEST_CASE("check-db --deep: long queries, and those that are hidden") {
  PrivatePostgres server;
  const auto url = server.url();
  query(url, "CREATE ROLE stranger LOGIN");
  CHECK(deep_row(server.url("postgres", "stranger"), "long_queries").remedy ==
        "GRANT pg_read_all_stats TO stranger");
  Statement sleeper(url, "SELECT pg_sleep(60)");
  const auto row = await_warning(url, "long_queries", Given{{0, {}}});
  CHECK(row.remedy == "SELECT pg_cancel_backend(" + sleeper.pid() + ")");
  CHECK_FALSE(has(row.observed, "pg_sleep"));  // its text may hold what users say
  run_remedy(url, row.remedy);
  CHECK(sleeper.join());
  CHECK(deep_row(url, "long_queries", Given{{60, {}}}).level == CheckLevel::kOk);
}

TEST_CASE("check-db --deep: pg_stat_statements is installed by the remedy, and names what is slow") {
  PrivatePostgres server(patient({{"shared_preload_libraries", "auto_explain"}}));
  const auto url = server.url();
  const auto missing = deep_row(url, "slow_statements");
  CHECK(missing.level == CheckLevel::kSkipped);
  CHECK(missing.remedy ==
        "ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'pg_stat_statements' "
        "/* then restart the server */; CREATE EXTENSION pg_stat_statements");
  query(url, "CREATE EXTENSION pg_stat_statements");  // without its library
  const auto unloaded = deep_row(url, "slow_statements");
  CHECK(unloaded.level == CheckLevel::kSkipped);
  CHECK(has(unloaded.observed, "must be loaded"));
  query(url, unloaded.remedy.substr(0, unloaded.remedy.find(';')));
  restart(server);
  CHECK(deep_row(url, "slow_statements").level == CheckLevel::kOk);
  query(url, "SELECT 'a secret', pg_sleep(0.03)");
  const auto row = await_warning(url, "slow_statements", Given{{20, 1.0}});
  CHECK(has(row.observed, "1 calls"));
  CHECK(has(row.observed, "SELECT $1, pg_sleep($2)"));
  CHECK(has(row.remedy, "EXPLAIN (GENERIC_PLAN) SELECT $1, pg_sleep($2)"));
  run_remedy(url, row.remedy);
  query(url, "CREATE ROLE stranger LOGIN PASSWORD 'a secret'");
  wait_until("the statement to be counted", 20s, [&] {
    const auto text = deep_row(url, "slow_statements", Given{{0, 1.0}});
    CHECK_FALSE(has(text.observed + text.remedy, "a secret"));
    for (const auto& finding : text.measure->findings) {
      CHECK_FALSE(has(finding.object + finding.remedy, "a secret"));
      if (has(finding.object, "CREATE ROLE …")) return true;
    }
    return false;
  });
  CHECK(deep_row(server.url("postgres", "stranger"), "slow_statements").level == CheckLevel::kSkipped);
}

TEST_CASE("check-db --deep: blocks that are not in memory, and files of sorts") {
  PrivatePostgres server(patient({{"shared_buffers", "128kB"}, {"work_mem", "64kB"}}));
  const auto url = server.url();
  query(url, "CREATE TABLE t AS SELECT i, repeat('x', 100) FROM generate_series(1, 20000) i");
  for (int i = 0; i < 20; ++i)
    query(url, "SELECT count(*) FROM (SELECT * FROM t ORDER BY i % 7, i OFFSET 1) s");
  CHECK(deep_row(url, "cache_hit_rate").level == CheckLevel::kInfo);
  const auto missed = await_warning(url, "cache_hit_rate", Given{{99, 1000.0}});
  CHECK(has(missed.observed, "% of"));
  CHECK(has(missed.observed, "most others are of t"));
  CHECK(missed.remedy == "ALTER SYSTEM SET shared_buffers = '256 kB' /* then restart the server */");
  const auto files = await_warning(url, "temporary_files", Given{{1, {}}});
  CHECK(files.remedy == "ALTER DATABASE postgres SET work_mem = '8MB'");
  run_remedy(url, missed.remedy);
  run_remedy(url, files.remedy);
  restart(server);
  CHECK(query(url, "SHOW shared_buffers")[0][0] == "256kB");
  CHECK(query(url, "SHOW work_mem")[0][0] == "8MB");
}

TEST_CASE("check-db --deep: a standby that is behind, seen from both sides") {
  PrivatePostgres primary(patient());
  const auto url = primary.url();
  CHECK(deep_row(url, "replication_lag").level == CheckLevel::kInfo);
  const auto data = query(url, "SHOW data_directory")[0][0];
  primary.stop(false);
  auto options = patient({{"primary_conninfo", "host=127.0.0.1 port=" + std::to_string(primary.port()) +
                                                   " user=postgres application_name=second"}});
  options.standby_from = data;
  const PrivatePostgres standby(options);
  primary.start();
  const Given nothing{{1, {}}};
  wait_until("the standby to follow", 30s, [&] {
    return has(deep_row(url, "replication_lag", Given{{1e15, {}}}).observed, "second (streaming, async) is ");
  });
  query(standby.url(), "SELECT pg_wal_replay_pause()");
  query(url, "CREATE TABLE t AS SELECT generate_series(1, 1000)");
  const auto seen = await_warning(url, "replication_lag", nothing);
  CHECK(has(seen.observed, "second (streaming, async) is "));
  run_remedy(url, seen.remedy);
  const auto behind = await_warning(standby.url(), "replication_lag", nothing);
  CHECK(has(behind.observed, "this standby, whose replay is paused is "));
  query(url, "CREATE ROLE stranger LOGIN");
  CHECK(deep_row(primary.url("postgres", "stranger"), "replication_lag").level == CheckLevel::kSkipped);
  run_remedy(standby.url(), behind.remedy);
  for (const auto& side : {url, standby.url()})
    wait_until("the standby to catch up", 30s,
               [&] { return deep_row(side, "replication_lag", nothing).level == CheckLevel::kOk; });
  const auto all = deep_report(standby.url(), {});
  for (const auto& id : sql::deep_check_ids()) {
    CAPTURE(id);
    CHECK((all.find(id)->level != CheckLevel::kSkipped || id == "slow_statements" || id == "unused_indexes"));
  }
}

TEST_CASE("check-db --deep: slots that have lost WAL, or keep vacuum back") {
  PrivatePostgres server(patient({{"wal_level", "logical"},
                                  {"max_slot_wal_keep_size", "1MB"},
                                  {"min_wal_size", "2MB"},
                                  {"max_wal_size", "2MB"}}));
  const auto url = server.url();
  query(url, "SELECT pg_create_physical_replication_slot('late', true)");
  CHECK(deep_row(url, "slots_at_risk").observed == "1 slots, WAL for them is limited to 1MB");
  make_wal(url, 6);
  query(url, "CHECKPOINT");
  const auto lost = await_warning(url, "slots_at_risk");
  CHECK(has(lost.observed, "late has lost WAL that it needs"));
  CHECK(lost.remedy == "SELECT pg_drop_replication_slot('late')");
  run_remedy(url, lost.remedy);
  CHECK(deep_row(url, "slots_at_risk").level == CheckLevel::kOk);
  query(url, "SELECT pg_create_logical_replication_slot('keeper', 'pgoutput')");
  for (int i = 0; i < 3; ++i) query(url, "SELECT txid_current()");
  const auto keeps = await_warning(url, "slots_at_risk", Given{{3, {}}});
  CHECK(has(keeps.observed, "keeper keeps vacuum from rows of the last "));
  run_remedy(url, keeps.remedy);
  CHECK(deep_row(url, "slots_at_risk", Given{{3, {}}}).level == CheckLevel::kOk);
}

TEST_CASE("check-db --deep: WAL that waits to be archived, and checkpoints that are forced") {
  PrivatePostgres server(patient({{"archive_mode", "on"},
                                  {"archive_command", "false"},
                                  {"max_wal_size", "2MB"},
                                  {"min_wal_size", "2MB"}}));
  const auto url = server.url();
  make_wal(url, 3);
  const auto waiting = await_warning(url, "archive_backlog", Given{{2, {}}});
  CHECK(has(waiting.observed, "files wait to be archived"));
  run_remedy(url, waiting.remedy);
  query(url, "CREATE ROLE stranger LOGIN");
  const auto hidden = deep_row(server.url("postgres", "stranger"), "archive_backlog");
  CHECK(hidden.level == CheckLevel::kSkipped);
  CHECK(hidden.remedy == "GRANT pg_monitor TO stranger");
  run_remedy(url, hidden.remedy);
  CHECK(deep_row(server.url("postgres", "stranger"), "archive_backlog").level == CheckLevel::kOk);
  CHECK(deep_row(shared_postgres().url(), "archive_backlog").observed == "archive_mode is off");

  CHECK(deep_row(url, "forced_checkpoints", Given{{50, 1e6}}).level == CheckLevel::kInfo);
  query(url, "CHECKPOINT");
  const auto forced = await_warning(url, "forced_checkpoints", Given{{0, 1.0}});
  CHECK(has(forced.observed, " were forced"));
  run_remedy(url, forced.remedy);
  wait_until("the setting", 20s, [&] { return query(url, "SHOW max_wal_size")[0][0] == "4MB"; });
}

TEST_CASE("check-db --deep: settings that do not fit the machine, or lose data") {
  PrivatePostgres server(patient({{"max_parallel_workers_per_gather", "1000"},
                                  {"max_parallel_workers", "500"},
                                  {"work_mem", "100GB"},
                                  {"effective_cache_size", "15TB"},
                                  {"zero_damaged_pages", "on"}}));
  const auto url = server.url();
  query(url, "CREATE ROLE stranger LOGIN");
  CHECK(deep_row(server.url("postgres", "stranger"), "memory_settings").remedy == "ask once as a superuser");
  // Whatever the machine has, 128 MB are not all of it.
  const auto memory = await_warning(url, "memory_settings", Given{{100, 100.0}});
  for (const char* part :
       {"shared_buffers has 128 MB of ", "work_mem of 100 GB for each of 200 sessions is more",
        "effective_cache_size is 15 TB, the memory "})
    CHECK_MESSAGE(has(memory.observed, part), memory.observed);
  const auto workers = await_warning(url, "worker_settings", Given{{1, {}}});
  CHECK(has(workers.observed, "a query may have 1000 workers, the machine has "));
  CHECK(has(workers.observed, "max_parallel_workers is 500, max_worker_processes only 8"));
  const auto durability = await_warning(url, "durability");
  for (const char* part : {"fsync is off", "full_page_writes is off", "zero_damaged_pages is on"})
    CHECK_MESSAGE(has(durability.observed, part), durability.observed);
  for (const auto* row : {&memory, &workers, &durability}) run_remedy(url, row->remedy);
  const auto pending = await_warning(url, "pending_restart");
  CHECK(pending.observed == "shared_buffers");
  query(url, "ALTER SYSTEM RESET shared_buffers");  // as much as the machine's quarter is not needed here
  restart(server);
  for (const char* id : {"worker_settings", "durability", "pending_restart"})
    CHECK_MESSAGE(deep_row(url, id, Given{{1, {}}}).level == CheckLevel::kOk, id);
  const auto mended = deep_row(url, "memory_settings", Given{{100, 100.0}});
  CHECK(mended.measure->findings.size() == 1);
  CHECK(deep_row(url, "memory_settings", Given{{100, 0.0}}).level == CheckLevel::kOk);
}

}  // namespace check_deep_server_test
