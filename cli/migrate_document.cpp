// What a `bigocean migrate` call ends with, as one JSON document; its schema is docs/migrate.schema.json.
#include <nlohmann/json.hpp>

#include "base/version.hpp"
#include "cli/migrate_output.hpp"
#include "sql/migrate/failure.hpp"

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
  if (document.adoption) {
    const auto& adoption = *document.adoption;
    json["adoption"] = {{"tool", adoption.tool},       {"table", adoption.table},
                        {"applied", adoption.applied}, {"recorded", adoption.recorded},
                        {"already", adoption.already}, {"pending", adoption.pending}};
  }
  if (error != nullptr) json["error"] = error_json(*error);
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bigocean::cli
