// The journal of a file that runs outside a transaction: which statements are done, and which one has begun.
#include "sql/migrate/run/journal.hpp"

#include "sql/migrate/run/transaction.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::string_view kHistoryRole = "SET LOCAL SESSION AUTHORIZATION DEFAULT;SET LOCAL ROLE NONE;";

// The file may have made read-only transactions the session's default.
constexpr std::string_view kBegin = "BEGIN READ WRITE;";

}  // namespace

Journal::Journal(Bench& bench, const Job& job) : bench_(bench), job_(job), key_(job.journal_key()) {}

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
  return std::string(kHistoryRole) + bench_.history.step_sql(key_, {static_cast<int>(statement) + 1,
                                                                    hash_through(statement), done, before});
}

void Journal::begin_file() {
  auto& history = bench_.history;
  const auto& migration = job_.migration;
  if (job_.direction == Direction::kDown) {
    bench_.connection.execute(history.set_state_sql(migration.name, RowState::kReverting));
    return;
  }
  bench_.connection.execute(std::string(kBegin) + history.record_sql(migration, RowState::kRunning, "up"));
  store_text(bench_.connection, history, migration, bench_.settings.batch_bytes);
  bench_.connection.execute("COMMIT");
}

void Journal::renew_text() {
  if (job_.direction == Direction::kDown) return;
  bench_.connection.execute(std::string(kBegin) + bench_.history.renew_text_sql(job_.migration));
  store_text(bench_.connection, bench_.history, job_.migration, bench_.settings.batch_bytes);
  bench_.connection.execute("COMMIT");
}

void Journal::finish_file() {
  auto& history = bench_.history;
  const auto& name = job_.migration.name;
  std::string sql = std::string(kBegin) + history_guard_sql();
  if (job_.direction == Direction::kUp) {
    sql += history.finish_sql(name, key_);
  } else {
    sql += history.forget_sql(name) + history.clear_steps_sql(key_) +
           history.event_sql(name, "down", "", job_.migration.checksum, "");
  }
  bench_.connection.execute(sql + "COMMIT;");
}

void Journal::forget_file_if_nothing_done() noexcept {
  try {
    roll_back(bench_.connection);
    bench_.session.after_file(job_.traces);
    bench_.session.establish();
    if (!steps().empty()) return;
    const auto& name = job_.migration.name;
    bench_.connection.execute(std::string(kBegin) +
                              (job_.direction == Direction::kUp
                                   ? bench_.history.forget_sql(name)
                                   : bench_.history.set_state_sql(name, RowState::kApplied)) +
                              "COMMIT");
  } catch (const std::exception&) {
    // The session is gone. The file stays half applied with nothing done, and the next run begins it again.
  }
}

std::string Journal::done_sql(std::size_t statement) { return step_sql(statement, true, ""); }

void Journal::note_begun(std::size_t statement, const std::string& before, const std::string& settings_sql) {
  bench_.connection.execute(settings_sql + std::string(kBegin) + step_sql(statement, false, before) +
                            "COMMIT;");
}

void Journal::note_done(std::size_t statement) {
  bench_.connection.execute(std::string(kBegin) + done_sql(statement) + "COMMIT;");
}

void Journal::note_not_done(std::size_t statement) {
  bench_.connection.execute(std::string(kBegin) + std::string(kHistoryRole) +
                            bench_.history.unbegin_step_sql(key_, static_cast<int>(statement) + 1) +
                            "COMMIT;");
}

std::vector<Step> Journal::steps() const { return bench_.history.steps(key_); }

}  // namespace bigocean::sql::migrate
