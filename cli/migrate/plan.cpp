// bigocean migrate plan: what `up` would do, to which tables, who waits, and for how long.
#include "cli/migrate/plan.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.hpp"
#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/lint_output.hpp"
#include "cli/migrate/subcommands.hpp"
#include "sql/preview/preview.hpp"

namespace bigocean::cli {
namespace {

using sql::lint::Finding;
using sql::lint::LockOutlook;
using sql::migrate::RehearsedFile;

struct PlanFlags : CallFlags {
  std::string to;
  bool rehearse = false;
};

std::string lock_line(const LockOutlook& lock) {
  auto line = fmt::format("{} on {} ({}, {:.1f} reads/s, {:.1f} writes/s): {}", lock_mode_name(lock.mode),
                          lock.table.text(), lock.live.size_text(), lock.live.reads_per_second,
                          lock.live.writes_per_second, who_waits(lock.mode));
  if (lock.work != sql::lint::Work::kNone) line += fmt::format("; {}", work_name(lock.work));
  if (!lock.basis.empty()) {
    line += fmt::format(", about {} ({})", base::format_elapsed(lock.estimate), lock.basis);
  }
  return line;
}

void say_list(std::string_view what, const std::vector<std::string>& names, MigrateOutput& output) {
  constexpr std::size_t kShown = 10;
  if (names.empty()) return;
  const auto end = names.size() > kShown ? names.begin() + kShown : names.end();
  auto line = fmt::format("  {}: {}", what, fmt::join(names.begin(), end, ", "));
  if (end != names.end()) line += fmt::format(" and {} more; --json has all", names.end() - end);
  output.say(line);
}

void say_outlook(const sql::lint::FileOutlook& file, const std::vector<Finding>& findings,
                 MigrateOutput& output) {
  output.say(fmt::format("  verdict: {}{}", verdict_name(file.verdict),
                         file.reason.empty() ? "" : "; " + file.reason));
  say_list("takes away", file.gone, output);
  say_list("drops as well", file.dropped, output);
  for (const auto& failure : file.failures) output.say("  would fail: " + failure);
  for (const auto& finding : findings) {
    if (finding.path != file.path) continue;
    output.say(fmt::format("  line {}: lint {}: {} [{}]", finding.place.line, level_name(finding.level),
                           finding.title, finding.rule->id));
  }
  for (const auto& statement : file.statements) {
    output.say(fmt::format("  line {}: {}", statement.place.line, statement.words));
    if (!statement.note.empty()) output.say("    " + statement.note);
    for (const auto& lock : statement.locks) {
      output.say("    " + lock_line(lock));
      for (const auto& blocker : lock.blockers)
        output.say("      would wait now for " + blocker_text(blocker));
    }
  }
}

void say_preview(const sql::migrate::FilePreview& file, MigrateOutput& output) {
  output.say(fmt::format("pending   {}  {} statement{}, {}; {}; lock_timeout {}{}", file.name,
                         file.statements, file.statements == 1 ? "" : "s", base::format_bytes(file.bytes),
                         file.transaction ? "one transaction" : "statement by statement: " + file.reason,
                         file.lock_timeout, file.out_of_order ? "; older than the newest applied one" : ""));
}

void say_rehearsal(const std::vector<RehearsedFile>& files, MigrateOutput& output) {
  for (const auto& file : files) {
    output.say(file.skipped.empty() ? fmt::format("rehearsed {}  {}, rolled back", file.name,
                                                  base::format_elapsed(file.elapsed))
                                    : fmt::format("left out  {}: {}", file.name, file.skipped));
    for (const auto& lock : file.locks) {
      output.say(fmt::format("  took {} on {}", lock_mode_name(sql::lock_mode_of(lock.mode)), lock.table));
    }
  }
}

void rehearse(sql::migrate::Engine& engine, const std::string& to, MigrateDocument& document,
              MigrateOutput& output) {
  auto& files = document.rehearsed.emplace();
  try {
    engine.rehearse(to, document.report, files);
  } catch (const base::Error&) {
    say_rehearsal(files, output);
    throw;
  }
  say_rehearsal(files, output);
}

int run_plan(const PlanFlags& flags, Call& call) {
  return run_plan(call.engine, call.settings, {flags.to, flags.rehearse, &call.interrupt}, call.document,
                  call.output);
}

/// What the server shows where the files can be tried, else what the rules say of their text.
sql::lint::Outlook observe_or_judge(const config::Settings& settings, sql::Connection& connection,
                                    const std::vector<sql::lint::File>& files,
                                    const base::Interrupt* interrupt) {
  try {
    return sql::preview::observe(settings, connection, files, interrupt);
  } catch (const base::Error& error) {
    if (error.code == base::ExitCode::kInterrupted || error.code == base::ExitCode::kTerminated) throw;
    auto outlook = sql::lint::look_ahead(connection, files);
    outlook.why_not = error.message;
    return outlook;
  }
}

void say_how(const sql::lint::Outlook& outlook, MigrateOutput& output) {
  if (outlook.files.empty()) return;
  output.say(outlook.observed ? "verdicts: observed in an empty copy of the schema"
                              : "verdicts: by rules over the text, not observed" +
                                    (outlook.why_not.empty() ? std::string() : ": " + outlook.why_not));
  for (const auto& missing : outlook.missing) output.say("  not in the copy: " + missing);
  for (const auto& question : outlook.not_asked) output.say("  not asked of the rows: " + question);
}

}  // namespace

int run_plan(sql::migrate::Engine& engine, const config::Settings& settings, const PlanRequest& request,
             MigrateDocument& document, MigrateOutput& output) {
  sql::lint::Options options;
  options.levels = sql::lint::parse_levels(settings.lint.levels);
  std::vector<Finding> findings;
  sql::lint::Outlook outlook;
  engine.on_pending([&](sql::Connection& connection, const std::vector<const sql::migrate::Job*>& pending,
                        const std::set<std::string>&) {
    const auto files = sql::lint::read_files(pending);
    findings = lint_pending(connection, files, options, false);
    outlook = settings.migrate.preview != config::PreviewChoice::kOff
                  ? observe_or_judge(settings, connection, files, request.interrupt)
                  : sql::lint::look_ahead(connection, files);
    return sql::migrate::ExpectedLocks{};
  });
  document.previews = engine.preview(request.to, document.report);
  for (const auto& preview : document.previews) {
    say_preview(preview, output);
    for (const auto& file : outlook.files) {
      if (file.name == preview.name) say_outlook(file, findings, output);
    }
  }
  say_how(outlook, output);
  output.say(document.previews.empty()
                 ? "nothing to do"
                 : fmt::format("{} pending; lint: {}", document.previews.size(), findings_summary(findings)));
  document.findings = std::move(findings);
  document.outlook = std::move(outlook);
  if (request.rehearse && !document.previews.empty()) rehearse(engine, request.to, document, output);
  return 0;
}

void add_plan(CLI::App& migrate, Invocation& invocation) {
  auto& app = *migrate.add_subcommand(
      "plan",
      "Shows what `up` would do: locks, the tables' sizes and traffic, who blocks, an estimate and a "
      "verdict for each file.");
  const auto flags = std::make_shared<PlanFlags>();
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  add_limit_options(app, invocation);
  add_order_options(app, invocation);
  add_setting(app, invocation, "--new-history", "migrate.new_history");
  add_text_option(app, "--to", flags->to, "VERSION", "Stop after this version or name");
  app.add_flag("--rehearse", flags->rehearse,
               "Run the pending files in one transaction, roll it back, and show the locks that were taken; "
               "other sessions wait for them meanwhile");
  app.add_flag_callback(
      "--no-preview",
      [&invocation] {
        invocation.overrides.push_back({"migrate.preview", "off", "--no-preview"});
      },
      "Judge by rules over the text, and do not try the files in an empty copy of the schema");
  add_setting(app, invocation, "--scratch-url", "migrate.scratch_url");
  add_setting(app, invocation, "--session-pooler", "migrate.session_pooler");
  add_output_options(app, *flags);
  add_html_option(app, *flags);
  app.footer(exit_codes_footer({0, 2, 5, 6, 7, 9}, "bigocean migrate plan --rehearse"));
  on_call(app, invocation, "plan", flags, run_plan);
}

}  // namespace bigocean::cli
