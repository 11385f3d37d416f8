// Finds where a file outside a transaction goes on after an interruption.
#include "sql/migrate/run/resume.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/run/recovery.hpp"

namespace bigocean::sql::migrate {
namespace {

using base::ExitCode;

bool starts_with_any(std::string_view words, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return words.starts_with(prefix); });
}

MigrationError cannot_tell(const Job& job, std::size_t index, std::string_view why) {
  return statement_error(job, job.script.statements[index], ExitCode::kHistoryConflict,
                         fmt::format("it is unknown whether statement {} was done: {}", index + 1, why),
                         resolve_hint(job));
}

/// Behind `begun` where it was done, else `done`.
std::size_t settle(RunContext& context, const Job& job, Journal& journal, const Step& begun,
                   std::size_t done) {
  const auto& statements = job.script.statements;
  const auto index = static_cast<std::size_t>(begun.ordinal) - 1;
  if (index >= statements.size() || journal.hash_through(index) != begun.prefix_hash)
    throw cannot_tell(job, std::min(index, statements.size() - 1), "its text has changed since it was begun");
  std::string said;
  const auto& statement = statements[index];
  Connection::Limits limits;
  limits.timeout = statement_timeouts(statement, job.options, context.settings).statement;
  const auto outcome = recover_outcome(context.connection, recovery_kind(statement), job.sql(statement),
                                       begun.before, limits, said);
  if (!said.empty())
    emit_note(context, job, fmt::format("statement {} was interrupted: {}", index + 1, said));
  switch (outcome) {
    case Outcome::kDone:
      journal.note_done(index);
      return index + 1;
    case Outcome::kNotDone:
      journal.note_not_done(index);
      return done;
    case Outcome::kUnknown:
      break;
  }
  throw cannot_tell(job, index, "it was interrupted, and the catalogue does not show it");
}

/// Whether the statement changes its session beyond the transaction that it is in.
bool sets_session(const Statement& statement, std::string_view text) {
  if (starts_with_any(statement.words, {"SET LOCAL", "SET TRANSACTION", "SET CONSTRAINTS"})) return false;
  if (starts_with_any(statement.words, {"SET ", "RESET ", "DEALLOCATE"})) return true;
  if (statement.words.starts_with("PREPARE ")) return statement.kind == StatementKind::kData;
  return statement.words.starts_with("SELECT") && text.find("set_config") != std::string_view::npos;
}

/// The settings that the first `done` statements made ended with their session: runs those statements again.
void replay_settings(RunContext& context, const Job& job, std::size_t done) {
  const auto& statements = job.script.statements;
  std::size_t first = 0;
  for (std::size_t i = 0; i < done; ++i) {
    if (statements[i].words.starts_with("DISCARD ALL")) first = i + 1;
  }
  for (std::size_t i = first; i < done; ++i) {
    if (!sets_session(statements[i], job.sql(statements[i]))) continue;
    context.connection.execute(job.sql(statements[i]));
    restore_text_settings(context.connection);
  }
}

}  // namespace

std::size_t find_resume_point(RunContext& context, const Job& job, Journal& journal) {
  const auto& statements = job.script.statements;
  std::size_t done = 0;
  std::optional<Step> begun;
  std::string done_hash;
  for (const auto& step : journal.steps()) {
    if (step.done) {
      done = static_cast<std::size_t>(step.ordinal);
      done_hash = step.prefix_hash;
      begun.reset();
    } else {
      begun = step;
    }
  }
  if (done > statements.size() || (done > 0 && journal.hash_through(done - 1) != done_hash)) {
    throw MigrationError(
        ExitCode::kHistoryConflict,
        fmt::format("{}: {} statements of this file are done, and their text has changed since", job.path,
                    done),
        "restore the text up to there as it was; what follows may change. To see it: bigocean migrate "
        "verify");
  }
  if (done > 0)
    emit_note(context, job, fmt::format("goes on after statement {} of {}", done, statements.size()));
  // The catalogue, too, is queried with the search_path that the statement had.
  replay_settings(context, job, done);
  return begun ? settle(context, job, journal, *begun, done) : done;
}

std::string resolve_hint(const Job& job) {
  return fmt::format(
      "look at the database, then run `bigocean migrate resolve {0} --done` if it was done, or `bigocean "
      "migrate "
      "resolve {0} --again` to run it again",
      job.migration.name);
}

}  // namespace bigocean::sql::migrate
