// Every function of the server and of its extensions, as the role of a scratch database sees it: refused, or
// known to stay in that database and in its session. A function that is on no list fails the test.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "sql/drift/reach.hpp"
#include "tests/integration/sql/scratch_support.hpp"

namespace scratch_functions_test {

using namespace bigocean;
using namespace bigocean::test;
using Names = std::set<std::string>;

namespace {

/// VOLATILE functions that the role may call, by what they can reach.
const std::map<std::string, Names> kHarmless{
    {"reads only, what every role may read",
     {"current_query",
      "pg_available_wal_summaries",
      "pg_blocking_pids",
      "pg_collation_actual_version",
      "pg_control_checkpoint",
      "pg_control_init",
      "pg_control_recovery",
      "pg_control_system",
      "pg_current_wal_flush_lsn",
      "pg_current_wal_insert_lsn",
      "pg_current_wal_lsn",
      "pg_database_collation_actual_version",
      "pg_database_size",
      "pg_get_loaded_modules",
      "pg_get_multixact_members",
      "pg_get_sequence_data",
      "pg_get_wait_events",
      "pg_get_wal_replay_pause_state",
      "pg_get_wal_resource_managers",
      "pg_get_wal_summarizer_state",
      "pg_indexes_size",
      "pg_is_in_recovery",
      "pg_is_wal_replay_paused",
      "pg_isolation_test_session_is_blocked",
      "pg_jit_available",
      "pg_last_committed_xact",
      "pg_last_wal_receive_lsn",
      "pg_last_wal_replay_lsn",
      "pg_last_xact_replay_timestamp",
      "pg_lock_status",
      "pg_notification_queue_usage",
      "pg_partition_ancestors",
      "pg_partition_tree",
      "pg_prepared_xact",
      "pg_relation_size",
      "pg_safe_snapshot_blocking_pids",
      "pg_sequence_last_value",
      "pg_stat_get_backend_io",
      "pg_stat_get_backend_wal",
      "pg_stat_get_io",
      "pg_stat_get_recovery_prefetch",
      "pg_table_size",
      "pg_tablespace_size",
      "pg_total_relation_size",
      "pg_wal_summary_contents",
      "pg_xact_commit_timestamp",
      "pg_xact_commit_timestamp_origin",
      "pg_xact_status",
      "txid_status",
      "amvalidate",
      "pg_stat_get_xact_blocks_fetched",
      "pg_stat_get_xact_blocks_hit",
      "pg_stat_get_xact_function_calls",
      "pg_stat_get_xact_function_self_time",
      "pg_stat_get_xact_function_total_time",
      "pg_stat_get_xact_numscans",
      "pg_stat_get_xact_tuples_deleted",
      "pg_stat_get_xact_tuples_fetched",
      "pg_stat_get_xact_tuples_hot_updated",
      "pg_stat_get_xact_tuples_inserted",
      "pg_stat_get_xact_tuples_newpage_updated",
      "pg_stat_get_xact_tuples_returned",
      "pg_stat_get_xact_tuples_updated"}},
    {"computes: time, chance, sleep",
     {"array_sample", "array_shuffle", "clock_timestamp", "gen_random_uuid", "pg_sleep", "pg_sleep_for",
      "pg_sleep_until", "random", "random_normal", "setseed", "timeofday", "uuidv4", "uuidv7"}},
    {"this session only: settings, statistics that are not sent yet",
     {"pg_stat_clear_snapshot", "pg_stat_force_next_flush", "set_config"}},
    {"objects of this database, if they are the role's own",
     {"brin_desummarize_range",
      "brin_summarize_new_values",
      "brin_summarize_range",
      "currtid2",
      "currval",
      "gin_clean_pending_list",
      "lastval",
      "lo_close",
      "lo_creat",
      "lo_create",
      "lo_from_bytea",
      "lo_get",
      "lo_lseek",
      "lo_lseek64",
      "lo_open",
      "lo_put",
      "lo_tell",
      "lo_tell64",
      "lo_truncate",
      "lo_truncate64",
      "lo_unlink",
      "loread",
      "lowrite",
      "nextval",
      "pg_clear_attribute_stats",
      "pg_clear_relation_stats",
      "pg_restore_attribute_stats",
      "pg_restore_relation_stats",
      "setval"}},
    {"advisory locks: their keys belong to one database",
     {"pg_advisory_lock", "pg_advisory_lock_shared", "pg_advisory_unlock", "pg_advisory_unlock_all",
      "pg_advisory_unlock_shared", "pg_advisory_xact_lock", "pg_advisory_xact_lock_shared",
      "pg_try_advisory_lock", "pg_try_advisory_lock_shared", "pg_try_advisory_xact_lock",
      "pg_try_advisory_xact_lock_shared"}},
    {"runs a query or compiles a function as this role",
     {"cursor_to_xml", "cursor_to_xmlschema", "plpgsql_validator", "query_to_xml",
      "query_to_xml_and_xmlschema", "query_to_xmlschema", "ts_rewrite", "ts_stat"}},
    {"is heard in this database only", {"pg_logical_emit_message", "pg_notify"}},
    {"a file that ends with its transaction, and is good for this database only", {"pg_export_snapshot"}},
    {"works in an extension's script only", {"pg_extension_config_dump"}},
    {"amcheck, pageinspect, pgrowlocks, pg_stat_statements, sslinfo: read only",
     {"brin_metapage_info",
      "brin_page_items",
      "brin_page_type",
      "brin_revmap_data",
      "bt_metap",
      "bt_multi_page_stats",
      "bt_page_items",
      "bt_page_stats",
      "fsm_page_contents",
      "get_raw_page",
      "gin_leafpage_items",
      "gin_metapage_info",
      "gin_page_opaque_info",
      "gist_page_items",
      "gist_page_items_bytea",
      "gist_page_opaque_info",
      "hash_bitmap_info",
      "hash_metapage_info",
      "hash_page_items",
      "hash_page_stats",
      "hash_page_type",
      "heap_page_item_attrs",
      "heap_page_items",
      "heap_tuple_infomask_flags",
      "page_checksum",
      "page_header",
      "pg_stat_statements",
      "pg_stat_statements_info",
      "pgrowlocks",
      "ssl_cipher",
      "ssl_client_cert_present",
      "ssl_client_dn",
      "ssl_client_dn_field",
      "ssl_client_serial",
      "ssl_extension_info",
      "ssl_is_used",
      "ssl_issuer_dn",
      "ssl_issuer_field",
      "ssl_version",
      "tuple_data_split"}},
    {"file_fdw, postgres_fdw: this session's connections, which nobody may define a server for",
     {"file_fdw_validator", "postgres_fdw_disconnect", "postgres_fdw_disconnect_all",
      "postgres_fdw_get_connections", "postgres_fdw_validator"}},
    {"isn, pg_trgm, pgcrypto, tablefunc, uuid-ossp, xml2: compute, or set something in this session",
     {"fips_mode", "gen_random_bytes", "gen_salt", "isn_weak", "normal_rand", "pgp_pub_encrypt",
      "pgp_pub_encrypt_bytea", "pgp_sym_encrypt", "pgp_sym_encrypt_bytea", "set_limit", "uuid_generate_v1",
      "uuid_generate_v1mc", "uuid_generate_v4", "xslt_process"}},
};

/// VOLATILE functions that the role may call, and that refuse it themselves.
const Names kRefusing{"pg_buffercache_evict",
                      "pg_buffercache_evict_all",
                      "pg_buffercache_evict_relation",
                      "pg_cancel_backend",
                      "pg_copy_logical_replication_slot",
                      "pg_copy_physical_replication_slot",
                      "pg_create_logical_replication_slot",
                      "pg_create_physical_replication_slot",
                      "pg_drop_replication_slot",
                      "pg_import_system_collations",
                      "pg_logical_slot_get_binary_changes",
                      "pg_logical_slot_get_changes",
                      "pg_logical_slot_peek_binary_changes",
                      "pg_logical_slot_peek_changes",
                      "pg_nextoid",
                      "pg_read_file_old",
                      "pg_rotate_logfile_old",
                      "pg_replication_slot_advance",
                      "pg_stop_making_pinned_objects",
                      "pg_sync_replication_slots",
                      "pg_terminate_backend"};

std::string reason_of(const std::string& name) {
  for (const auto& [reason, names] : kHarmless) {
    if (names.contains(name)) return reason;
  }
  return {};
}

/// Functions that SQL can call, with a call that has a value for every parameter: name, volatility, whether
/// the role may call it, the call.
const std::string kFunctions = R"(
  SELECT p.proname, p.provolatile, has_function_privilege('{role}', p.oid, 'EXECUTE'), format('SELECT %s(%s)',
    p.oid::regproc, (SELECT coalesce(string_agg(CASE t::regtype::text
        WHEN 'oid' THEN '0::oid' WHEN 'integer' THEN '1' WHEN 'bigint' THEN '1::bigint' WHEN 'boolean' THEN 'false'
        WHEN 'pg_lsn' THEN '''0/1''::pg_lsn' WHEN 'regclass' THEN '''pg_class''::regclass'
        WHEN 'regnamespace' THEN '''public''::regnamespace' WHEN 'name' THEN '''a''::name'
        WHEN 'text[]' THEN '''{}''::text[]' WHEN 'oid[]' THEN '''{}''::oid[]' WHEN '"char"' THEN '''a''::"char"' ELSE '''a''::text' END, ', ' ORDER BY n), '')
      FROM unnest(p.proargtypes[0:p.pronargs - CASE WHEN p.provariadic <> 0 THEN 2 ELSE 1 END]::oid[])
        WITH ORDINALITY arguments(t, n)))
  FROM pg_proc p
  WHERE p.prokind IN ('f', 'p') AND p.prorettype <> 'trigger'::regtype AND p.prorettype <> 'event_trigger'::regtype
    AND p.prorettype::regtype::text !~ '(internal|handler)' AND 'internal'::regtype <> ALL (p.proargtypes::oid[])
  ORDER BY 1, 4)";

}  // namespace

TEST_CASE("no function reaches beyond a scratch database as its role") {
  Beside beside;
  auto sql = kFunctions;
  sql.replace(sql.find("{role}"), 6, beside.scratch->role());
  const auto functions = beside.maker->execute(sql);
  std::map<std::string, std::size_t> counts;
  for (std::size_t i = 0; i < functions.rows.size(); ++i) {
    const std::string& name = functions.at(i, 0);
    const std::string& call = functions.at(i, 3);
    CAPTURE(call);
    ++counts["callable"];
    if (functions.at(i, 2) != "t") {
      ++counts["no EXECUTE"];
    } else if (functions.at(i, 1) != "v") {
      ++counts["STABLE or IMMUTABLE"];  // the server's word that they change nothing
    } else if (name.starts_with("binary_upgrade_")) {
      ++counts["refused when called"];
      CHECK(beside.state_of(call) == "55P02");
    } else if (kRefusing.contains(name)) {
      ++counts["refused when called"];
      if (name == "pg_cancel_backend" || name == "pg_terminate_backend") continue;  // below
      CHECK(beside.state_of(call) == "42501");
    } else {
      ++counts["on the list"];
      CHECK_MESSAGE(reason_of(name) != "", "nobody has judged " << name);
    }
  }
  CHECK(counts["callable"] > 3000);
  for (const auto& [what, count] : counts) MESSAGE(what << ": " << count);
  const auto pid = std::to_string(beside.live->backend_pid());
  CHECK(beside.state_of("SELECT pg_cancel_backend(" + pid + ")") == "42501");
  CHECK(beside.state_of("SELECT pg_terminate_backend(" + pid + ")") == "42501");
}

TEST_CASE("the list of harmless functions has no function that could reach beyond its database") {
  Beside beside;
  const Names kChanging{"clock_timestamp",
                        "current_query",
                        "currval",
                        "gen_random_uuid",
                        "lastval",
                        "nextval",
                        "pg_is_in_recovery",
                        "pg_sleep",
                        "pg_sleep_for",
                        "random",
                        "random_normal",
                        "set_config",
                        "setseed",
                        "setval",
                        "timeofday",
                        "uuidv4",
                        "uuidv7",
                        "array_sample",
                        "array_shuffle",
                        "gen_random_bytes",
                        "gen_salt",
                        "uuid_generate_v1",
                        "uuid_generate_v1mc",
                        "uuid_generate_v4"};
  Names volatile_names, all;
  for (const auto& row : query(beside.live_url, "SELECT proname, provolatile FROM pg_proc")) {
    all.insert(row[0]);
    if (row[1] == "v") volatile_names.insert(row[0]);
  }
  const Names kNewer{"array_reverse",
                     "array_sort",
                     "casefold",
                     "crc32",
                     "crc32c",
                     "gamma",
                     "json_scalar",
                     "lgamma",
                     "to_bin",
                     "to_oct",
                     "unicode_assigned",
                     "uuid_extract_timestamp",
                     "uuid_extract_version",
                     "uuidv4",
                     "uuidv7"};
  for (const auto name_view : sql::drift::harmless_functions()) {
    const std::string name(name_view);
    CHECK_MESSAGE((all.contains(name) || kNewer.contains(name)), name);
    CHECK_MESSAGE((!volatile_names.contains(name) || kChanging.contains(name)), name << " is volatile");
  }
}

}  // namespace scratch_functions_test
