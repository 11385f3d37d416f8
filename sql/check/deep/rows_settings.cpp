// Rows of check-db --deep about settings that do not fit the machine, or lose data.
#include "sql/check/deep/rows.hpp"

namespace bigocean::sql {
namespace {

// The memory is the machine's, or less where the server's control group has a limit.
constexpr std::string_view kMemorySettings = R"(WITH machine AS (
  SELECT least(substring(pg_read_file('/proc/meminfo', true) from 'MemTotal:\s+(\d+)')::numeric * 1024,
    substring(pg_read_file('/sys/fs/cgroup/memory.max', true) from '^\d+')::numeric,
    substring(pg_read_file('/sys/fs/cgroup/memory/memory.limit_in_bytes', true) from '^\d+')::numeric) AS memory),
settings AS (
  SELECT memory, pg_size_bytes(current_setting('shared_buffers')) AS shared,
    pg_size_bytes(current_setting('work_mem')) AS work, current_setting('max_connections')::int8 AS sessions,
    pg_size_bytes(current_setting('effective_cache_size')) AS cache FROM machine)
SELECT CASE WHEN memory IS NULL THEN 'skipped' WHEN memory < 1073741824 THEN 'info' ELSE 'ok' END,
  CASE WHEN memory IS NULL THEN 'the machine does not show its memory in /proc/meminfo'
    ELSE format('%s of memory, shared_buffers has %s', pg_size_pretty(memory), pg_size_pretty(shared)) END,
  NULL::float8, '' FROM settings
UNION ALL
SELECT 'warn', format('shared_buffers has %s of %s of memory', pg_size_pretty(shared), pg_size_pretty(memory)),
  trunc(100 * shared / memory, 1), format('ALTER SYSTEM SET shared_buffers = %L /* then restart the server */',
    div(memory, 4194304) || 'MB')
FROM settings WHERE memory >= 1073741824 AND (100 * shared > {limit} * memory OR 100 * shared < {floor} * memory)
UNION ALL
SELECT 'warn', format('work_mem of %s for each of %s sessions is more than the memory of %s', pg_size_pretty(work),
    sessions, pg_size_pretty(memory)), trunc(100 * work * sessions / memory, 1),
  format('ALTER SYSTEM SET work_mem = %L; SELECT pg_reload_conf()',
    greatest(1, div(memory, 4 * sessions * 1048576)) || 'MB')
FROM settings WHERE work * sessions > memory
UNION ALL
SELECT 'warn', format('effective_cache_size is %s, the memory %s', pg_size_pretty(cache), pg_size_pretty(memory)),
  trunc(100 * cache / memory, 1), format('ALTER SYSTEM SET effective_cache_size = %L; SELECT pg_reload_conf()',
    div(3 * memory, 4194304) || 'MB')
FROM settings WHERE cache > memory)";

constexpr std::string_view kWorkerSettings = R"(WITH machine AS (
  SELECT (SELECT count(*) FROM regexp_matches(pg_read_file('/proc/cpuinfo', true), '^processor\s*:', 'gn')) AS shown,
    pg_read_file('/sys/fs/cgroup/cpu.max', true) AS quota),
settings AS (
  SELECT CASE WHEN shown > 0 THEN least(shown, ceil(substring(quota from '^(\d+) ')::numeric
      / substring(quota from ' (\d+)')::numeric)) END AS processors,
    current_setting('max_worker_processes')::int AS workers, current_setting('max_parallel_workers')::int AS parallel,
    current_setting('max_parallel_workers_per_gather')::int AS per_query FROM machine)
SELECT CASE WHEN processors IS NULL THEN 'skipped' ELSE 'ok' END,
  CASE WHEN processors IS NULL THEN 'the machine does not show its processors in /proc/cpuinfo'
    ELSE format('%s processors, up to %s workers, %s for a query', processors, least(workers, parallel), per_query) END,
  NULL::float8, '' FROM settings
UNION ALL
SELECT 'warn', format('a query may have %s workers, the machine has %s processors', per_query, processors), per_query,
  format('ALTER SYSTEM SET max_parallel_workers_per_gather = %s; SELECT pg_reload_conf()', processors)
FROM settings WHERE per_query > {limit} * processors
UNION ALL
SELECT 'warn', format('max_parallel_workers is %s, max_worker_processes only %s', parallel, workers), parallel,
  format('ALTER SYSTEM SET max_parallel_workers = %s; SELECT pg_reload_conf()', workers)
FROM settings WHERE parallel > workers)";

constexpr std::string_view kDurability =
    R"(SELECT 'ok', format('fsync and full_page_writes are on, synchronous_commit is %s, data checksums are %s',
  current_setting('synchronous_commit'), current_setting('data_checksums')), NULL::float8, ''
UNION ALL
SELECT 'warn', format('%s is %s', name, current_setting(name)), NULL,
  format('ALTER SYSTEM SET %s = %s; SELECT pg_reload_conf()', name, CASE bad WHEN 'on' THEN 'off' ELSE 'on' END)
FROM (VALUES ('fsync', 'off'), ('full_page_writes', 'off'), ('zero_damaged_pages', 'on'),
  ('ignore_checksum_failure', 'on')) s (name, bad)
WHERE current_setting(name) = bad)";

constexpr std::string_view kPendingRestart =
    R"(SELECT 'ok', 'no setting waits for a restart', NULL::float8, ''
UNION ALL
SELECT 'warn', name, NULL, 'restart the server'
FROM pg_show_all_settings() WHERE pending_restart)";

// Who may read files of the server may read all that the server may, so that no role is named to be granted.
constexpr std::string_view kSuperuser = "";

constexpr DeepRow kSettingsRows[] = {
    {"memory_settings",
     {"shared_buffers between {floor} % and {limit} % of the memory, the others within it", 40, 10,
      "PostgreSQL's manual, shared_buffers: 25 % is a start, more than 40 % is unlikely to help; the lower "
      "bound is our choice; both from 1 GB of memory on"},
     "PostgreSQL's defaults fit a small machine; too much is as bad, for the kernel then ends the server",
     "sets a quarter of the memory for shared_buffers, three quarters for effective_cache_size, and for "
     "work_mem what fits if every session sorts at once",
     kSuperuser,
     kMemorySettings},
    {"worker_settings",
     {"at most {limit} worker of a query for each processor", 1, 0,
      "our choice; max_parallel_workers above max_worker_processes has no effect, says PostgreSQL's manual"},
     "workers that have no processor only wait for each other, each with a work_mem of its own",
     "sets what the machine has",
     kSuperuser,
     kWorkerSettings},
    {"durability",
     {"fsync and full_page_writes on, zero_damaged_pages and ignore_checksum_failure off", 0, 0,
      "PostgreSQL's manual: fsync, full_page_writes, and Developer Options"},
     "with these settings a crash or a broken disk may lose or spoil data without a word",
     "sets it back; what was written before may be spoiled already",
     "",
     kDurability},
    {"pending_restart",
     {"none", 0, 0, "PostgreSQL's own pg_settings.pending_restart"},
     "the server runs with other settings than its file says, until it is restarted",
     "is to restart the server when it suits",
     "",
     kPendingRestart},
};

}  // namespace

std::span<const DeepRow> deep_settings_rows() { return kSettingsRows; }

}  // namespace bigocean::sql
