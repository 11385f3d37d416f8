// Judges files by their text, if no role can be made that confines them to the scratch database.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/source/file.hpp"

namespace bigocean::sql::drift {

/// Throws base::Error(kUsage) that names, with its place, every statement whose text alone does not show that
/// it stays in its database: statements of kinds that are not on a list, calls of functions that are not on a
/// list, every use of a function that the files make themselves, data changes after a trigger that calls one,
/// what the parser does not understand. `why_no_role` says why this is asked.
void refuse_unknown_reach(const std::vector<migrate::Migration>& migrations, const std::string& why_no_role);

/// The list: functions of PostgreSQL, and of its extensions, that change nothing, or only what is in the
/// database or in the session, with any arguments. Lower case.
bool is_harmless_function(std::string_view name);

/// All of them, sorted.
std::vector<std::string_view> harmless_functions();

}  // namespace bigocean::sql::drift
