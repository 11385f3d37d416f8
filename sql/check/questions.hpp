// What check-db asks by name when there are signs that something is not as it should be.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace bigocean::sql {

/// SQL with {names}, which read_facts fills in. It calls the functions behind the statistics views, since the
/// views cost more.
struct Question {
  std::string_view id;      ///< of the check
  std::string_view from;    ///< what follows FROM: a row for each finding
  std::string_view object;  ///< an expression: its name for people
  std::string_view remedy;  ///< an expression: statements that make the finding go away
};

std::span<const Question> check_questions();

/// How the value of a sequence is read: an expression over its oid, seqrelid, and the right that it needs.
struct SequenceValue {
  std::string_view sql;
  std::string_view right;
};
extern const SequenceValue
    kSequenceValue;  ///< under ROW EXCLUSIVE, as nextval() locks it; takes the least time
/// Under ACCESS SHARE. Before PostgreSQL 18 it needs a server with XML: else SQLSTATE 0A000.
SequenceValue sequence_value_without_lock(int server_version);

/// What differs from server to server, and from run to run.
struct Filling {
  std::string schema;  ///< the history's, as a literal
  bool with_collation = true;
  SequenceValue sequence = kSequenceValue;
};

/// `sql` with its {names} filled in: thresholds of `settings`, and what `filling` says.
std::string filled_question(std::string_view sql, const config::Settings& settings, const Filling& filling);

/// Expressions that stand for {session}, {end_session}, {database} and {index_remedy} in the questions.
extern const std::string_view kSession, kEndSession, kDatabase, kIndexRemedy;

}  // namespace bigocean::sql
