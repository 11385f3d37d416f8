// The rows of check-db --deep: what each asks, from which figure on it warns, and why that matters.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/deep_check.hpp"

namespace bigocean::sql {

/// A row and its question: SQL whose rows are (level, object, figure, remedy), with level one of ok, info,
/// warn and skipped. It reads catalogues and statistics and takes no lock above ACCESS SHARE. In the text,
/// {limit} and {floor} are the threshold's; {ours} is true of a table `t` that is neither the system's nor an
/// extension's nor temporary; {statements} is pg_stat_statements with its schema, {installed} whether it is
/// there, {install} a literal of the statements that install it; {timed} and {requested} are the functions
/// that count checkpoints, which are others from PostgreSQL 17 on.
struct DeepRow {
  std::string_view id;
  base::Threshold threshold;
  std::string_view why;
  std::string_view remedy;  ///< what the remedies do, for people
  std::string_view
      grant;  ///< the role that may see all of it: "pg_monitor"; empty: every role, or a superuser
  std::string_view sql;
  bool needs_statements = false;  ///< skipped where pg_stat_statements is not installed
};

std::span<const DeepRow> deep_index_rows();
std::span<const DeepRow> deep_bloat_rows();
std::span<const DeepRow> deep_table_rows();
std::span<const DeepRow> deep_activity_rows();
std::span<const DeepRow> deep_server_rows();
std::span<const DeepRow> deep_settings_rows();

/// All of them, in the order of the report.
std::vector<const DeepRow*> deep_rows();

}  // namespace bigocean::sql
