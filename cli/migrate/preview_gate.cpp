// The gate of `migrate.preview = required` that `bigocean migrate up` passes.
#include "cli/migrate/preview_gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "sql/preview/preview.hpp"

namespace bigocean::cli {
namespace {

using sql::lint::FileOutlook;
using sql::lint::Verdict;

bool stops(const FileOutlook& file) {
  return file.verdict == Verdict::kUnknown || file.verdict == Verdict::kNeedsWindow || !file.failures.empty();
}

std::string text_of(const FileOutlook& file) {
  auto text = fmt::format("{}: {}{}\n", file.path, verdict_name(file.verdict),
                          file.reason.empty() ? "" : "; " + file.reason);
  for (const auto& failure : file.failures) text += "  would fail: " + failure + "\n";
  return text;
}

void warn(Call& call, const std::string& text) {
  sql::migrate::Event event;
  event.kind = sql::migrate::EventKind::kWarning;
  event.text = text + ", allowed by --allow-unsafe";
  call.document.report.warnings.push_back(event.text);
  call.output.on(event);
}

}  // namespace

sql::migrate::PendingHook preview_gate(sql::migrate::PendingHook first, Call& call, bool allow_unsafe) {
  return [first = std::move(first), &call, allow_unsafe](sql::Connection& connection,
                                                         const std::vector<const sql::migrate::Job*>& pending,
                                                         const std::set<std::string>& let_through) {
    auto expected = first(connection, pending, let_through);
    const auto begun = [&](const std::string& path) { return let_through.contains(path); };
    if (std::all_of(pending.begin(), pending.end(),
                    [&](const auto* job) { return begun(std::string(job->path)); }))
      return expected;
    sql::lint::Outlook outlook;
    try {
      outlook =
          sql::preview::observe(call.settings, connection, sql::lint::read_files(pending), &call.interrupt);
    } catch (const base::Error& error) {
      // What the server refuses of the copy is no error of a migration.
      if (error.code != base::ExitCode::kUsage && error.code != base::ExitCode::kSqlError) throw;
      const auto text = "the files could not be tried in a copy of the schema: " + error.message;
      if (!allow_unsafe)
        throw base::Error(base::ExitCode::kUsage, text + "; nothing was applied", error.hint);
      warn(call, text);
      return expected;
    }
    std::string stopped;
    for (const auto& file : outlook.files)
      if (stops(file) && !begun(file.path)) stopped += text_of(file);
    call.document.outlook = std::move(outlook);
    if (stopped.empty()) return expected;
    if (!allow_unsafe) {
      throw base::Error(
          base::ExitCode::kLintFindings,
          "tried in an empty copy of the schema, pending files may make others wait, or fail; nothing was "
          "applied\n\n" +
              std::string(base::trim(stopped)),
          "`bigocean migrate plan` shows what each statement does; change the files, or run this once with "
          "--allow-unsafe");
    }
    warn(call, std::string(base::trim(stopped)));
    return expected;
  };
}

}  // namespace bigocean::cli
