// What a `bigocean migrate` call ends with, as one JSON document; its schema is docs/migrate.schema.json.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/version.hpp"
#include "cli/migrate/output.hpp"
#include "sql/migrate/run/failure.hpp"

namespace bigocean::cli {
namespace {

using Json = nlohmann::ordered_json;

double milliseconds_of(std::chrono::microseconds value) { return static_cast<double>(value.count()) / 1000; }

Json error_json(const base::Error& error) {
  Json json = {{"message", error.message}, {"hint", error.hint}};
  if (const auto* migration = dynamic_cast<const sql::migrate::MigrationError*>(&error)) {
    json["file"] = migration->file;
    if (migration->line > 0) {
      json["line"] = migration->line;
      json["column"] = migration->column;
    }
    json["sqlstate"] = migration->sqlstate;
    json["server_message"] = migration->server_message;
    json["detail"] = migration->server_detail;
    json["server_hint"] = migration->server_hint;
    json["context"] = migration->context;
    json["constraint"] = migration->constraint;
  }
  return json;
}

Json drift_json(const sql::drift::Drift& drift) {
  Json json = {{"found", drift.found()}, {"replayed", drift.replayed}, {"differences", Json::array()}};
  for (const auto& difference : drift.differences) {
    json["differences"].push_back({{"change", change_name(difference.change)},
                                   {"kind", difference.kind},
                                   {"name", difference.identity},
                                   {"migrations", difference.migrations},
                                   {"database", difference.database}});
  }
  return json;
}

Json findings_json(const std::vector<sql::lint::Finding>& findings) {
  Json list = Json::array();
  for (const auto& finding : findings) {
    list.push_back({{"rule", finding.rule->id},
                    {"level", level_name(finding.level)},
                    {"file", finding.path},
                    {"line", finding.place.line},
                    {"column", finding.place.column},
                    {"statement", finding.statement},
                    {"title", finding.title},
                    {"why", finding.rule->why},
                    {"remedy", finding.remedy}});
  }
  return list;
}

Json lock_json(const sql::lint::LockOutlook& lock) {
  Json blockers = Json::array();
  for (const auto& blocker : lock.blockers) {
    blockers.push_back({{"pid", blocker.pid},
                        {"application", blocker.application},
                        {"user", blocker.user},
                        {"client", blocker.client},
                        {"state", blocker.state},
                        {"since", blocker.since},
                        {"query", blocker.query}});
  }
  Json json = {{"table", lock.table.text()},
               {"mode", lock_mode_name(lock.mode)},
               {"waits", who_waits(lock.mode)},
               {"work", work_name(lock.work)},
               {"bytes", lock.live.bytes},
               {"index_bytes", lock.live.index_bytes},
               {"reads_per_second", lock.live.reads_per_second},
               {"writes_per_second", lock.live.writes_per_second},
               {"estimate_ms", lock.estimate.count()},
               {"basis", lock.basis},
               {"blockers", blockers}};
  if (lock.live.rows >= 0 || lock.live.empty) json["rows"] = std::max<std::int64_t>(lock.live.rows, 0);
  return json;
}

Json outlook_json(const sql::lint::Outlook& outlook) {
  Json files = Json::array();
  for (const auto& file : outlook.files) {
    Json statements = Json::array();
    for (const auto& statement : file.statements) {
      Json locks = Json::array();
      for (const auto& lock : statement.locks) locks.push_back(lock_json(lock));
      statements.push_back({{"line", statement.place.line},
                            {"column", statement.place.column},
                            {"words", statement.words},
                            {"note", statement.note},
                            {"locks", locks}});
    }
    files.push_back({{"name", file.name},
                     {"verdict", verdict_name(file.verdict)},
                     {"reason", file.reason},
                     {"blocked_ms", file.blocked.count()},
                     {"gone", file.gone},
                     {"dropped", file.dropped},
                     {"failures", file.failures},
                     {"statements", statements}});
  }
  return files;
}

Json reversals_json(const std::vector<sql::migrate::Reversal>& reversals) {
  Json list = Json::array();
  for (const auto& reversal : reversals) {
    list.push_back({{"name", reversal.name},
                    {"has_down", reversal.has_down},
                    {"statements", reversal.statements},
                    {"needs_yes", reversal.question}});
  }
  return list;
}

Json rehearsal_json(const std::vector<sql::migrate::RehearsedFile>& files) {
  Json list = Json::array();
  for (const auto& file : files) {
    Json locks = Json::array();
    for (const auto& lock : file.locks) locks.push_back({{"table", lock.table}, {"mode", lock.mode}});
    list.push_back({{"name", file.name},
                    {"skipped", file.skipped},
                    {"elapsed_ms", milliseconds_of(file.elapsed)},
                    {"locks", locks}});
  }
  return list;
}

}  // namespace

std::string render(const MigrateDocument& document, int exit_code, const base::Error* error) {
  Json json = {{"command", document.command},
               {"exit_code", exit_code},
               {"version", base::version()},
               {"commit", base::git_commit()},
               {"elapsed_ms", milliseconds_of(document.elapsed)},
               {"already_applied", document.report.already_applied},
               {"pending_at_start", document.report.pending},
               {"ran", Json::array()},
               {"warnings", document.report.warnings}};
  if (document.dry_run) json["dry_run"] = true;
  for (const auto& file : document.report.files) {
    json["ran"].push_back({{"name", file.name},
                           {"direction", file.direction},
                           {"elapsed_ms", milliseconds_of(file.elapsed)},
                           {"statements", file.statements},
                           {"retries", file.retries}});
  }
  if (document.overview) {
    json["target"] = document.overview->target;
    json["migrations"] = Json::array();
    for (const auto& file : document.overview->plan.files) {
      json["migrations"].push_back(
          {{"name", file.name}, {"state", file_state_name(file.state)}, {"out_of_order", file.out_of_order}});
    }
  }
  if (!document.previews.empty()) {
    json["plan"] = Json::array();
    for (const auto& file : document.previews) {
      json["plan"].push_back({{"name", file.name},
                              {"statements", file.statements},
                              {"bytes", file.bytes},
                              {"transaction", file.transaction},
                              {"reason", file.reason},
                              {"lock_timeout", file.lock_timeout},
                              {"out_of_order", file.out_of_order}});
    }
  }
  if (document.drift) json["drift"] = drift_json(*document.drift);
  if (document.dump) json["dump"] = *document.dump;
  if (!document.recorded.empty()) json["recorded"] = document.recorded;
  if (!document.reversals.empty()) json["reversals"] = reversals_json(document.reversals);
  if (!document.accepted.empty()) json["accepted"] = document.accepted;
  if (document.decision) {
    json["decision"] = {{"name", document.decision->name}, {"statement", document.decision->statement}};
  }
  if (document.adoption) {
    const auto& adoption = *document.adoption;
    json["adoption"] = {{"tool", adoption.tool},       {"table", adoption.table},
                        {"applied", adoption.applied}, {"recorded", adoption.recorded},
                        {"already", adoption.already}, {"pending", adoption.pending}};
  }
  if (!document.linted.empty()) json["linted"] = document.linted;
  if (document.findings) json["findings"] = findings_json(*document.findings);
  if (document.outlook) {
    json["outlook"] = outlook_json(*document.outlook);
    json["preview"] = {{"observed", document.outlook->observed},
                       {"why_not", document.outlook->why_not},
                       {"missing", document.outlook->missing},
                       {"not_asked", document.outlook->not_asked}};
  }
  if (document.rehearsed) json["rehearsed"] = rehearsal_json(*document.rehearsed);
  if (error != nullptr) json["error"] = error_json(*error);
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bigocean::cli
