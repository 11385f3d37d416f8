// What check-db asks by name when there are signs that something is not as it should be.
#include "sql/check/questions.hpp"

namespace bigocean::sql {
namespace {

constexpr Question kQuestions[] = {
    {"ownership",  // tables that this role may not alter, without those of extensions
     "pg_class c WHERE relkind IN ('r', 'p') AND NOT pg_has_role(relowner, 'USAGE') AND relnamespace IN"
     " (to_regnamespace(quote_ident(current_schema)), to_regnamespace({schema}))"
     " AND NOT EXISTS (SELECT FROM pg_depend p WHERE p.classid = 'pg_class'::regclass AND p.objid = c.oid"
     " AND p.deptype = 'e')",
     "format('%s (of %s)', oid::regclass, pg_get_userbyid(relowner))",
     "format('ALTER TABLE %s OWNER TO %I', oid::regclass, current_user)"},
    {"idle_in_transaction",
     "pg_stat_get_activity(NULL) WHERE datid = {database} AND state LIKE 'idle in transaction%'"
     " AND state_change <= now() - interval '{idle} ms'",
     "{session}", "{end_session}"},
    {"long_transactions",
     "pg_stat_get_activity(NULL) WHERE datid = {database} AND pid <> pg_backend_pid()"
     " AND xact_start <= now() - interval '{transaction} ms'",
     "{session}", "{end_session}"},
    {"prepared_transactions",
     "pg_prepared_xact() WHERE dbid = {database} AND prepared <= now() - interval '{prepared} ms'", "gid",
     "format('ROLLBACK PREPARED %L', gid)"},
    {"invalid_indexes",  // without those that are being built just now, and temporary tables of others
     "pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE NOT i.indisvalid AND x.relpersistence <> 't'"
     " AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)",
     "i.indexrelid::regclass::text", "{index_remedy}"},
    {"not_valid_constraints",  // of tables and domains, without those that are not enforced (from PostgreSQL
                               // 18 on)
     "(SELECT *, to_jsonb(c) ->> 'conenforced' AS enforced FROM pg_constraint c WHERE NOT convalidated) c"
     " LEFT JOIN pg_class t ON t.oid = c.conrelid"
     " WHERE enforced IS DISTINCT FROM 'false' AND t.relpersistence IS DISTINCT FROM 't'",
     "format('%s on %s', conname, CASE contypid WHEN 0 THEN conrelid::regclass::text ELSE "
     "contypid::regtype::text END)",
     "CASE contypid WHEN 0 THEN format('ALTER TABLE %s VALIDATE CONSTRAINT %I', conrelid::regclass, conname)"
     " ELSE format('ALTER DOMAIN %s VALIDATE CONSTRAINT %I', contypid::regtype, conname) END"},
    {"sequences",  // the share that is used up, whichever way it counts
     "(SELECT seqrelid, seqtypid, CASE WHEN seqincrement > 0 THEN seqmax ELSE seqmin END AS bound,"
     " CASE WHEN seqincrement > 0 THEN seqmin ELSE seqmax END AS origin,"
     " CASE WHEN has_sequence_privilege(seqrelid, '{sequence_right}') THEN {last_value} END"
     " AS last FROM pg_sequence WHERE NOT seqcycle) s"
     " WHERE 100 * abs(last::float8 - origin) >= {sequence} * abs(bound::float8 - origin)",
     "format('%s at %s of %s', seqrelid::regclass, last, bound)",
     "CASE seqtypid WHEN 'bigint'::regtype THEN format('look at %s', seqrelid::regclass)"
     " ELSE format('ALTER SEQUENCE %s AS bigint', seqrelid::regclass) END"},
    {"replication_slots",
     "(SELECT slot_name, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
     " ELSE pg_current_wal_lsn() END, restart_lsn) AS retained FROM pg_get_replication_slots()"
     " WHERE NOT active) s WHERE retained >= {slot}",
     "format('%s retains %s', slot_name, pg_size_pretty(retained))",
     "format('SELECT pg_drop_replication_slot(%L)', slot_name)"},
    {"archiving",  // what failed and has not been archived since; asked where archive_mode is on
     "pg_stat_get_archiver() WHERE last_failed_time > coalesce(last_archived_time, '-infinity')",
     "format('archiving of %s failed at %s', last_failed_wal, date_trunc('second', last_failed_time))",
     "'see the output of archive_command or archive_library in the server''s log; until it works, WAL is "
     "kept and fills the disk'"},
    {"synchronous_standby",  // named, and none is there: asked where any is named
     "(SELECT) s WHERE NOT EXISTS (SELECT FROM pg_stat_get_wal_senders() w WHERE w.sync_state IN ('sync', "
     "'quorum'))",
     "format('no synchronous standby is connected (synchronous_standby_names = %L): every commit waits for "
     "one',"
     " current_setting('synchronous_standby_names'))",
     "'start the standby, or let commits go on without one: ALTER SYSTEM SET synchronous_standby_names = "
     "''''; "
     "SELECT pg_reload_conf();'"},
    {"archiving",  // on, and nothing that would do it
     "(SELECT) s WHERE current_setting('archive_command') = ''"
     " AND coalesce(current_setting('archive_library', true), '') = '' AND NOT pg_is_in_recovery()",
     "'WAL is not archived: archive_command is empty'",
     "'set archive_command or archive_library, or ALTER SYSTEM SET archive_mode = ''off'', then restart the "
     "server'"},
};

}  // namespace

std::span<const Question> check_questions() { return kQuestions; }

const SequenceValue kSequenceValue{"pg_sequence_last_value(seqrelid)", "SELECT, USAGE"};

SequenceValue sequence_value_without_lock(int server_version) {
  constexpr int kPostgres18 = 180000;
  if (server_version >= kPostgres18)
    return {"(SELECT CASE WHEN is_called THEN last_value END FROM pg_get_sequence_data(seqrelid))", "SELECT"};
  return {
      "(xpath('//last_value/text()', query_to_xml(format('SELECT last_value FROM %s WHERE is_called',"
      " seqrelid::regclass), false, false, '')))[1]::text::int8",
      "SELECT"};
}

const std::string_view kSession =
    "format('pid %s, %s, application %s', pid, pg_get_userbyid(usesysid),"
    " coalesce(nullif(application_name, ''), '?'))";
const std::string_view kEndSession = "format('SELECT pg_terminate_backend(%s)', pid)";
const std::string_view kDatabase = "(SELECT oid FROM pg_database WHERE datname = current_catalog)";

// REINDEX cannot repair an index that is half dropped, nor what a failed REINDEX CONCURRENTLY left beside the
// index (…_ccnew, …_ccold). A partitioned index is invalid where partitions have no part of it: they get one,
// or the one that they have is attached; attaching the last one again makes the server look once more.
const std::string_view kIndexRemedy = R"(CASE
  WHEN NOT i.indislive OR EXISTS (SELECT FROM pg_index o JOIN pg_class n ON n.oid = o.indexrelid
      WHERE o.indrelid = i.indrelid AND o.indexrelid <> i.indexrelid AND x.relname ~ '_cc(new|old)[0-9]*$'
        AND starts_with(n.relname, regexp_replace(x.relname, '_cc(new|old)[0-9]*$', '')))
    THEN format('DROP INDEX CONCURRENTLY %s', i.indexrelid::regclass)
  WHEN i.indisexclusion AND x.relkind = 'i' THEN format('REINDEX INDEX %s', i.indexrelid::regclass)
  WHEN x.relkind = 'i' THEN format('REINDEX INDEX CONCURRENTLY %s', i.indexrelid::regclass)
  WHEN EXISTS (SELECT FROM pg_inherits h JOIN pg_class f ON f.oid = h.inhrelid
               WHERE h.inhparent = i.indrelid AND f.relkind = 'f')
    THEN format('DROP INDEX %s; %s', i.indexrelid::regclass,
                replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON '))
  ELSE coalesce((
    SELECT string_agg(concat_ws('; ', CASE
        WHEN own.index IS NOT NULL THEN format('REINDEX INDEX CONCURRENTLY %s', own.index::regclass)
        WHEN fit.index IS NOT NULL THEN NULL
        WHEN c.oid IS NOT NULL AND (t.relkind = 'p' OR c.contype = 'x') THEN format('ALTER TABLE ONLY %s ADD CONSTRAINT %I %s',
          t.oid::regclass, made.name, pg_get_constraintdef(c.oid))
        ELSE concat_ws('; ', format('CREATE %sINDEX %s%I ON %s%s%s', CASE WHEN i.indisunique THEN 'UNIQUE ' END,
            CASE WHEN t.relkind <> 'p' THEN 'CONCURRENTLY ' END, made.name, CASE WHEN t.relkind = 'p' THEN 'ONLY ' END,
            t.oid::regclass, definition.tail),
          CASE WHEN c.oid IS NOT NULL THEN format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %I%s', t.oid::regclass,
            made.name, CASE c.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, made.name, CASE
            WHEN c.condeferred THEN ' DEFERRABLE INITIALLY DEFERRED' WHEN c.condeferrable THEN ' DEFERRABLE' END) END)
      END, format('ALTER INDEX %s ATTACH PARTITION %s', i.indexrelid::regclass, coalesce(own.index::regclass::text,
        fit.index::regclass::text, format('%I.%I', s.nspname, made.name)))), '; ' ORDER BY t.oid::regclass::text)
    FROM pg_inherits h JOIN pg_class t ON t.oid = h.inhrelid JOIN pg_namespace s ON s.oid = t.relnamespace
    JOIN pg_class parent ON parent.oid = i.indrelid LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
    CROSS JOIN LATERAL (SELECT substr(d, strpos(d, ' USING ')) AS tail FROM pg_get_indexdef(i.indexrelid) d) definition
    LEFT JOIN LATERAL (SELECT k.indexrelid AS index, k.indisvalid AS valid, o.relkind FROM pg_inherits a
      JOIN pg_index k ON k.indexrelid = a.inhrelid JOIN pg_class o ON o.oid = k.indexrelid
      WHERE a.inhparent = i.indexrelid AND k.indrelid = t.oid) own ON true
    LEFT JOIN LATERAL (SELECT k.indexrelid AS index FROM pg_index k JOIN pg_class o ON o.oid = k.indexrelid
      LEFT JOIN pg_constraint n ON n.conindid = k.indexrelid AND n.conrelid = t.oid AND n.contype IN ('p', 'u', 'x')
      CROSS JOIN pg_get_indexdef(k.indexrelid) d
      WHERE k.indrelid = t.oid AND NOT o.relispartition AND k.indisvalid AND k.indisunique = i.indisunique
        AND n.contype IS NOT DISTINCT FROM c.contype AND substr(d, strpos(d, ' USING ')) = definition.tail
      ORDER BY k.indexrelid LIMIT 1) fit ON true
    CROSS JOIN LATERAL (SELECT name FROM (VALUES (1, left(t.relname || '_' || x.relname, 60)),
        (2, left(t.relname || '_' || x.relname, 55) || '_new')) v (place, name)
      WHERE NOT EXISTS (SELECT FROM pg_class WHERE relname = name AND relnamespace = t.relnamespace)
      ORDER BY place LIMIT 1) made
    WHERE h.inhparent = i.indrelid AND own.valid IS NOT TRUE AND own.relkind IS DISTINCT FROM 'I'),
    (SELECT format('ALTER INDEX %s ATTACH PARTITION %s', i.indexrelid::regclass, min(inhrelid)::regclass)
     FROM pg_inherits WHERE inhparent = i.indexrelid))
END)";

}  // namespace bigocean::sql
