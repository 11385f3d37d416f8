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

/// `sql` with its {names} filled in: thresholds of `settings`, and `schema`, the history's as a literal.
std::string filled_question(std::string_view sql, const config::Settings& settings, const std::string& schema,
                            bool with_collation);

/// Expressions that stand for {session}, {end_session}, {database} and {index_remedy} in the questions.
extern const std::string_view kSession, kEndSession, kDatabase, kIndexRemedy;

}  // namespace bigocean::sql
