// The journal of a file that runs outside a transaction: which statements are done, and which one has begun.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/checksum.hpp"
#include "sql/migrate/run/job.hpp"

namespace bigocean::sql::migrate {

/// The journal of one file and direction. A row says that the file is done up to the end of a statement, with
/// the hash of that text. Statements are counted from 0 here and from 1 in the table. Calls throw what
/// Connection::execute throws.
class Journal {
 public:
  /// Both must outlive it.
  Journal(RunContext& context, const Job& job);

  /// Writes the file's row and text into the history, as half applied (or half reverted).
  void begin_file();
  /// Stores the text that is going to be applied in the history: what is not done yet may have been
  /// corrected.
  void renew_text();
  /// Records that the file is done, and removes its journal.
  void finish_file();
  /// Removes a file that failed in its first statement, and so has done nothing, from the history. Never
  /// throws: it runs while another error is being handled.
  void forget_file_if_nothing_done() noexcept;

  /// SQL for the end of the transaction that runs the statement. The file may have changed the role, and gets
  /// it back when the transaction ends.
  std::string done_sql(std::size_t statement);
  /// Each a transaction of its own. `settings_sql` goes in front of it, and `before` is what recovery.hpp
  /// noted.
  void note_begun(std::size_t statement, const std::string& before, const std::string& settings_sql);
  void note_done(std::size_t statement);
  void note_not_done(std::size_t statement);

  std::vector<Step> steps() const;
  /// SHA-256 of the file's part up to the end of the statement. Fast if it is called in rising order.
  std::string hash_through(std::size_t statement);

 private:
  std::string step_sql(std::size_t statement, bool done, const std::string& before);

  RunContext& context_;
  const Job& job_;
  std::string key_;
  base::Sha256 hash_;
  std::size_t hashed_ = 0;  ///< bytes
};

}  // namespace bigocean::sql::migrate
