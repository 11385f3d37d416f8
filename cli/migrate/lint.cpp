// bigocean migrate lint, and the gate that `up` passes.
#include "cli/migrate/lint.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "cli/help.hpp"
#include "cli/migrate/lint_output.hpp"
#include "cli/migrate/options.hpp"
#include "cli/migrate/subcommands.hpp"
#include "sql/lint/lint.hpp"
#include "sql/lint/wanted_locks.hpp"
#include "sql/migrate/formats/directory.hpp"
#include "sql/migrate/history/status.hpp"

namespace bigocean::cli {
namespace {

using base::ExitCode;
using sql::lint::Finding;
using sql::lint::Level;
using sql::migrate::Job;

struct LintFlags : CallFlags {
  std::vector<std::string> files;
  std::string output = "text";
  bool offline = false;
};

/// What was looked at, in words, and what was found.
struct Result {
  std::string what;
  std::vector<Finding> findings;
};

class Silence : public sql::migrate::Sink {
 public:
  void on(const sql::migrate::Event&) override {}
};

std::vector<Finding> lint_all(const std::vector<sql::migrate::Migration>& migrations,
                              sql::lint::Options options) {
  std::vector<Job> jobs;
  jobs.reserve(migrations.size());
  for (const auto& migration : migrations) jobs.emplace_back(migration, sql::migrate::Direction::kUp, 0, 0);
  std::vector<const Job*> pointers;
  for (const auto& job : jobs) pointers.push_back(&job);
  return lint(sql::lint::read_files(pointers), options);
}

Result lint_pending_of(const config::Settings& settings, const sql::lint::Options& options) {
  Silence silence;
  const base::SignalInterrupt interrupt;
  sql::migrate::Engine engine(
      settings, [&] { return sql::migrate::configured_migrations(settings); }, silence, &interrupt);
  Result result;
  engine.on_pending([&](sql::Connection& connection, const std::vector<const Job*>& pending, const auto&) {
    result.findings = lint_pending(connection, sql::lint::read_files(pending), options, false);
    return sql::migrate::ExpectedLocks{};
  });
  sql::migrate::Report report;
  const auto pending = engine.preview("", report).size();
  result.what = pending == 0 ? "nothing is pending" : counted(pending, "pending file");
  return result;
}

Result look(const LintFlags& flags, const config::Settings& settings) {
  sql::lint::Options options;
  options.levels = sql::lint::parse_levels(settings.lint.levels);
  if (!flags.files.empty()) {
    const auto migrations = sql::migrate::read_paths(flags.files);
    return {counted(migrations.size(), "file"), lint_all(migrations, options)};
  }
  const bool has_url = !settings.database.url.empty() || !settings.database.unpooled_url.empty();
  if (has_url && !flags.offline) return lint_pending_of(settings, options);
  options.earlier_applied = true;
  const auto migrations = sql::migrate::configured_migrations(settings);
  const auto where = settings.migrate.dir.empty() ? "the binary" : settings.migrate.dir;
  return {fmt::format("{} of {}, without a database: each file as if those before it were applied",
                      counted(migrations.size(), "file"), where),
          lint_all(migrations, options)};
}

bool is_output(std::string_view name) {
  return name == "text" || name == "json" || name == "github" || name == "sarif";
}

int run_lint(const LintFlags& flags, const config::Settings& settings) {
  const auto began = std::chrono::steady_clock::now();
  const auto result = look(flags, settings);
  const bool errors = count(result.findings, Level::kError) > 0;
  const int code = errors ? static_cast<int>(ExitCode::kLintFindings) : 0;
  if (flags.json || flags.output == "json") {
    MigrateDocument document;
    document.command = "lint";
    document.elapsed =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
    document.linted = result.what;
    document.findings = result.findings;
    fmt::print("{}\n", render(document, code, nullptr));
  } else if (flags.output == "github") {
    fmt::print("{}", findings_github(result.findings));
  } else if (flags.output == "sarif") {
    fmt::print("{}", findings_sarif(result.findings));
  } else {
    const bool colour = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    fmt::print("{}{}: {}\n", findings_text(result.findings, colour), result.what,
               result.findings.empty() ? "no findings" : findings_summary(result.findings));
  }
  return code;
}

}  // namespace

sql::migrate::PendingHook lint_gate(const config::Settings& settings, MigrateDocument& document,
                                    MigrateOutput& output, bool allow_unsafe) {
  sql::lint::Options options;
  options.levels = sql::lint::parse_levels(settings.lint.levels);
  return [options, &document, &output, allow_unsafe](sql::Connection& connection,
                                                     const std::vector<const Job*>& pending,
                                                     const std::set<std::string>& let_through) {
    const auto files = sql::lint::read_files(pending);
    const auto findings = sql::lint::errors_of_pending(connection, files, let_through, options);
    if (findings.empty()) return expected_locks(files);
    document.findings = findings;
    if (!allow_unsafe) {
      throw base::Error(
          ExitCode::kLintFindings,
          fmt::format("lint finds {} in the pending files; nothing was applied\n\n{}",
                      counted(findings.size(), "error"), base::trim(findings_text(findings, false))),
          "change the file as shown; or say in it why it is safe, with a line `-- bigocean: allow RULE "
          "REASON`; or run this once with --allow-unsafe");
    }
    for (const auto& finding : findings) {
      sql::migrate::Event event;
      event.kind = sql::migrate::EventKind::kWarning;
      event.text = fmt::format("{}:{}:{}: {} [{}], allowed by --allow-unsafe", finding.path,
                               finding.place.line, finding.place.column, finding.title, finding.rule->id);
      document.report.warnings.push_back(event.text);
      output.on(event);
    }
    return expected_locks(files);
  };
}

void add_lint(CLI::App& migrate, Invocation& invocation) {
  auto& app = *migrate.add_subcommand(
      "lint",
      "Finds what is dangerous on a live database, and shows the safe way. Without FILES it looks at the "
      "pending files if a database is set, else at all files of --dir. docs/lint.md has the rules.");
  const auto flags = std::make_shared<LintFlags>();
  app.add_option("FILES", flags->files,
                 "Files to look at, as one set of pending files; the database is not asked");
  app.add_option("--output", flags->output, "text, json, github (annotations) or sarif (2.1.0)")
      ->type_name("FORM")
      ->check([](const std::string& name) {
        return is_output(name) ? std::string()
                               : fmt::format("`{}` is not one of text, json, github, sarif", name);
      })
      ->capture_default_str();
  add_setting(app, invocation, "--dir", "migrate.dir");
  app.add_option_function<std::string>(
         "--format",
         [flags, &invocation](const std::string& name) {
           if (is_output(name)) {
             flags->output = name;
           } else {
             invocation.overrides.push_back({"migrate.format", name, "--format"});
           }
         },
         "The same as --output; or the folder's format, as for the other commands")
      ->type_name("FORM");
  add_history_options(app, invocation);
  add_order_options(app, invocation);
  app.add_flag("--offline", flags->offline, "Do not ask the database: look at all files of --dir");
  add_setting(app, invocation, "--levels", "lint.levels");
  add_json_option(app, *flags);
  app.footer(
      exit_codes_footer({0, 2, 6, 7, 8}, "bigocean migrate lint db/migrations/20260130120000_add_index.sql"));
  app.callback([flags, &invocation] {
    invocation.run = [flags](const config::Loaded& loaded) { return run_lint(*flags, loaded.settings); };
  });
}

}  // namespace bigocean::cli
