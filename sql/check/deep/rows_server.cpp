// Rows of check-db --deep about replication, archiving and checkpoints.
#include "sql/check/deep/rows.hpp"

namespace bigocean::sql {
namespace {

// On a primary what its standbys have not replayed, on a standby what it has received and not replayed.
constexpr std::string_view kReplicationLag = R"(WITH lags AS (
  SELECT format('%s (%s, %s)', coalesce(nullif(a.application_name, ''), 'pid ' || w.pid), w.state, w.sync_state) AS name,
    pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END,
      w.replay_lsn)::float8 AS bytes,
    'SELECT application_name, state, replay_lag, pg_wal_lsn_diff(sent_lsn, replay_lsn) AS bytes FROM pg_stat_replication' AS remedy
  FROM pg_stat_get_wal_senders() w JOIN pg_stat_get_activity(NULL) a ON a.pid = w.pid
  UNION ALL
  SELECT CASE WHEN pg_is_wal_replay_paused() THEN 'this standby, whose replay is paused' ELSE 'this standby' END,
    pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::float8,
    CASE WHEN pg_is_wal_replay_paused() THEN 'SELECT pg_wal_replay_resume()'
      ELSE 'SELECT pid, query_start, application_name FROM pg_stat_activity WHERE state <> ''idle'' ORDER BY xact_start' END
  WHERE pg_is_in_recovery())
SELECT CASE count(*) WHEN 0 THEN 'info' ELSE 'ok' END, CASE count(*) WHEN 0 THEN 'no standby is connected'
  ELSE string_agg(format('%s is %s behind', name, coalesce(pg_size_pretty(bytes::int8), 'unknown')), ', ') END,
  NULL::float8, '' FROM lags
UNION ALL
SELECT 'skipped', 'how far standbys are is hidden from this role', NULL,
  format('GRANT pg_read_all_stats TO %I', current_user)
WHERE NOT pg_has_role('pg_read_all_stats', 'USAGE') AND EXISTS (SELECT FROM lags)
UNION ALL
SELECT 'warn', format('%s is %s behind', name, pg_size_pretty(bytes::int8)), bytes, remedy
FROM lags WHERE bytes >= {limit})";

// pg_get_replication_slots() shows xmin as the oldest transaction whose rows the slot needs.
constexpr std::string_view kSlotsAtRisk = R"(WITH slots AS (
  SELECT slot_name, active, wal_status, greatest(age(xmin), age(catalog_xmin))::float8 AS kept
  FROM pg_get_replication_slots())
SELECT 'ok', format('%s slots, WAL for them is limited to %s', count(*),
  CASE current_setting('max_slot_wal_keep_size') WHEN '-1' THEN 'the disk' ELSE
    current_setting('max_slot_wal_keep_size') END), NULL::float8, '' FROM slots
UNION ALL
SELECT 'warn', CASE wal_status WHEN 'lost' THEN format('%s has lost WAL that it needs', slot_name)
    ELSE format('%s soon loses WAL that it needs', slot_name) END, NULL, CASE wal_status WHEN 'lost'
    THEN format('SELECT pg_drop_replication_slot(%L)', slot_name)
    ELSE 'ALTER SYSTEM SET max_slot_wal_keep_size = -1; SELECT pg_reload_conf()' END
FROM slots WHERE wal_status IN ('lost', 'unreserved')
UNION ALL
SELECT 'warn', format('%s keeps vacuum from rows of the last %s transactions', slot_name, kept), kept,
  CASE WHEN active THEN format('SELECT * FROM pg_replication_slots WHERE slot_name = %L', slot_name)
    ELSE format('SELECT pg_drop_replication_slot(%L)', slot_name) END
FROM slots WHERE kept >= {limit} AND wal_status <> 'lost')";

constexpr std::string_view kArchiveBacklog = R"(WITH ready AS (
  SELECT count(*) AS files FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready')
SELECT CASE current_setting('archive_mode') WHEN 'off' THEN 'info' ELSE 'ok' END,
  CASE current_setting('archive_mode') WHEN 'off' THEN 'archive_mode is off'
    ELSE format('%s files wait to be archived', files) END, NULL::float8, '' FROM ready
UNION ALL
SELECT 'warn', format('%s files wait to be archived', files), files,
  'SELECT last_archived_wal, last_archived_time, last_failed_wal, last_failed_time FROM pg_stat_archiver'
FROM ready WHERE files >= {limit} AND current_setting('archive_mode') <> 'off')";

constexpr std::string_view kForcedCheckpoints =
    R"(WITH counted AS (SELECT {timed}() AS timed, {requested}() AS forced)
SELECT CASE WHEN timed + forced < {floor} THEN 'info' ELSE 'ok' END, format('%s of %s were forced%s', forced,
  timed + forced, CASE WHEN timed + forced < {floor} THEN ', too few to judge' END), NULL::float8, '' FROM counted
UNION ALL
SELECT 'warn', format('%s of %s were forced', forced, timed + forced), 100.0 * forced / (timed + forced),
  format('ALTER SYSTEM SET max_wal_size = %L; SELECT pg_reload_conf()',
    2 * pg_size_bytes(current_setting('max_wal_size')) / 1048576 || 'MB')
FROM counted WHERE forced > 0 AND timed + forced >= {floor} AND 100.0 * forced > {limit} * (timed + forced))";

constexpr DeepRow kServerRows[] = {
    {"replication_lag",
     {"under {limit_bytes}", 100 << 20, 0, "our choice: more than a burst of writes leaves for a moment"},
     "what a standby has not replayed is missing from its answers, and lost to it if the primary is lost",
     "shows whether it catches up, or lets a paused replay go on; on a standby a long query holds replay "
     "back",
     "pg_monitor",
     kReplicationLag},
    {"slots_at_risk",
     {"no WAL lost, and under {limit} transactions kept from vacuum", 10'000'000, 0,
      "wal_status as PostgreSQL's manual has it for pg_replication_slots; the number is our choice, a "
      "twentieth "
      "of autovacuum_freeze_max_age"},
     "a slot whose WAL is gone must be made anew with its consumer; one that nobody reads keeps dead rows in "
     "every table",
     "drops the slot, or keeps all WAL for it; inactive slots that fill the disk are in the row "
     "replication_slots",
     "",
     kSlotsAtRisk},
    {"archive_backlog",
     {"under {limit} files", 10, 0, "check_postgres' archive_ready warns from 10 on"},
     "WAL that is not archived stays on the disk, and a restore cannot come further than the archive",
     "shows what failed last; the server's log has the output of archive_command",
     "pg_monitor",
     kArchiveBacklog},
    {"forced_checkpoints",
     {"at most {limit} % of {floor} or more", 50, 20,
      "PostgreSQL's manual, WAL Configuration: raise max_wal_size if checkpoints are forced often; half of "
      "them is our choice"},
     "a checkpoint that max_wal_size forces, and not the clock, writes pages again that the next one writes "
     "as well",
     "doubles max_wal_size; it takes as much more disk, and a restart after a crash takes longer",
     "",
     kForcedCheckpoints},
};

}  // namespace

std::span<const DeepRow> deep_server_rows() { return kServerRows; }

}  // namespace bigocean::sql
