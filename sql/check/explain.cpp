// check-db --explain: why a row is asked, and the SQL of its question.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sql/check/check.hpp"
#include "sql/check/questions.hpp"

namespace bigocean::sql {
namespace {

/// Rows of the check without --deep that have a question. {…} are settings.
struct Reason {
  std::string_view id;
  std::string_view why;
  std::string_view threshold;
  std::string_view source;
  std::string_view remedy;
};

constexpr Reason kReasons[] = {
    {"ownership", "only its owner may alter a table", "", "", "makes this role the owner"},
    {"idle_in_transaction",
     "it holds locks that migrations wait for, and all other sessions wait behind the migration",
     "idle for less than {idle}", "the setting check.idle_in_transaction", "ends the session"},
    {"long_transactions", "it holds back vacuum and CREATE INDEX CONCURRENTLY", "younger than {transaction}",
     "the setting check.long_transaction", "ends the session"},
    {"prepared_transactions", "it keeps its locks, over restarts, too", "younger than {prepared}",
     "the setting check.prepared_transaction", "rolls it back; COMMIT PREPARED keeps its work"},
    {"invalid_indexes",
     "a failed CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY left it behind: it slows writes and serves "
     "no "
     "query; queries on partitions that an index of the parent lacks run without it",
     "", "", "builds it anew or drops it, without blocking; a partitioned index gets its missing parts"},
    {"not_valid_constraints", "old rows may violate it, and the planner does not trust it", "", "",
     "reads the table without blocking writes, and fails if a row violates it"},
    {"sequences", "when it is used up every insert fails", "under {sequence} %",
     "the setting check.sequence_percent_max", "makes it a bigint; its column has to become one, too"},
    {"replication_slots", "an inactive slot keeps WAL until the disk is full", "under {slot} bytes",
     "the setting check.slot_wal_bytes_max", "drops the slot; or start its consumer"},
    {"archiving", "WAL that is not archived fills the disk, and a restore misses it", "", "",
     "the server's log has the output of archive_command"},
    {"synchronous_standby", "every commit waits for a standby that is not connected", "", "",
     "lets commits go on without one; or start the standby"},
};

std::string with_settings(std::string_view text, const config::Settings::Check& check) {
  return fmt::format(fmt::runtime(text), fmt::arg("idle", base::format_duration(check.idle_in_transaction)),
                     fmt::arg("transaction", base::format_duration(check.long_transaction)),
                     fmt::arg("prepared", base::format_duration(check.prepared_transaction)),
                     fmt::arg("sequence", check.sequence_percent_max),
                     fmt::arg("slot", check.slot_wal_bytes_max));
}

}  // namespace

std::optional<base::Explanation> explain_check(std::string_view id, const base::GivenThresholds& given,
                                               const config::Settings& settings) {
  if (auto deep = explain_deep_row(id, given)) return deep;
  const auto reason = std::ranges::find(kReasons, id, &Reason::id);
  if (reason == std::end(kReasons)) return {};
  base::Explanation explained{std::string(id),
                              std::string(reason->why),
                              with_settings(reason->threshold, settings.check),
                              std::string(reason->source),
                              std::string(reason->remedy),
                              {},
                              {}};
  Filling filling;
  filling.schema = fmt::format("'{}'", settings.migrate.schema);
  for (const Question& question : check_questions()) {
    if (question.id != id) continue;
    const auto sql = fmt::format("SELECT {}, {} FROM {}", question.object, question.remedy, question.from);
    explained.questions.emplace_back("", filled_question(sql, settings, filling));
  }
  return explained;
}

}  // namespace bigocean::sql
