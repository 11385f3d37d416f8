// The journal of a file that runs outside a transaction: which statements are done, and which one has begun.
#include "sql/migrate/run/journal.hpp"

#include "sql/migrate/run/transaction.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::string_view kHistoryRole = "SET LOCAL SESSION AUTHORIZATION DEFAULT;SET LOCAL ROLE NONE;";

// The file may have made read-only transactions the session's default.
constexpr std::string_view kBegin = "BEGIN READ WRITE;";

}  // namespace

Journal::Journal(RunContext& context, const Job& job)
    : context_(context), job_(job), key_(job.journal_key()) {}

std::string Journal::hash_through(std::size_t statement) {
  const auto end = job_.script.statements[statement].end;
  if (end < hashed_) {
    hash_ = base::Sha256();
    hashed_ = 0;
  }
  hash_.add(job_.text.substr(hashed_, end - hashed_));
  hashed_ = end;
  return hash_.hex();
}

std::string Journal::step_sql(std::size_t statement, bool done, const std::string& before) {
  return std::string(kHistoryRole) + context_.history.step_sql(key_, {static_cast<int>(statement) + 1,
                                                                      hash_through(statement), done, before});
}

void Journal::begin_file() {
  auto& history = context_.history;
  const auto& migration = job_.migration;
  if (job_.direction == Direction::kDown) {
    context_.connection.execute(history.set_state_sql(migration.name, RowState::kReverting));
    return;
  }
  context_.connection.execute(std::string(kBegin) + history.record_sql(migration, RowState::kRunning, "up"));
  store_text(context_.connection, history, migration, context_.settings.batch_bytes);
  context_.connection.execute("COMMIT");
}

void Journal::renew_text() {
  if (job_.direction == Direction::kDown) return;
  context_.connection.execute(std::string(kBegin) + context_.history.renew_text_sql(job_.migration));
  store_text(context_.connection, context_.history, job_.migration, context_.settings.batch_bytes);
  context_.connection.execute("COMMIT");
}

void Journal::finish_file() {
  auto& history = context_.history;
  const auto& name = job_.migration.name;
  std::string sql = std::string(kBegin) + history_guard_sql();
  if (job_.direction == Direction::kUp) {
    sql += history.finish_sql(name, key_);
  } else {
    sql += history.forget_sql(name) + history.clear_steps_sql(key_) +
           history.event_sql(name, "down", "", job_.migration.checksum, "");
  }
  context_.connection.execute(sql + "COMMIT;");
}

void Journal::forget_file_if_nothing_done() noexcept {
  try {
    roll_back(context_.connection);
    context_.session.after_file(job_.traces);
    context_.session.establish();
    if (!steps().empty()) return;
    const auto& name = job_.migration.name;
    context_.connection.execute(std::string(kBegin) +
                                (job_.direction == Direction::kUp
                                     ? context_.history.forget_sql(name)
                                     : context_.history.set_state_sql(name, RowState::kApplied)) +
                                "COMMIT");
  } catch (const std::exception&) {
    // The session is gone. The file stays half applied with nothing done, and the next run starts it again.
  }
}

std::string Journal::done_sql(std::size_t statement) { return step_sql(statement, true, ""); }

void Journal::note_begun(std::size_t statement, const std::string& before, const std::string& settings_sql) {
  context_.connection.execute(settings_sql + std::string(kBegin) + step_sql(statement, false, before) +
                              "COMMIT;");
}

void Journal::note_done(std::size_t statement) {
  context_.connection.execute(std::string(kBegin) + done_sql(statement) + "COMMIT;");
}

void Journal::note_not_done(std::size_t statement) {
  context_.connection.execute(std::string(kBegin) + std::string(kHistoryRole) +
                              context_.history.unbegin_step_sql(key_, static_cast<int>(statement) + 1) +
                              "COMMIT;");
}

std::vector<Step> Journal::steps() const { return context_.history.steps(key_); }

}  // namespace bigocean::sql::migrate
