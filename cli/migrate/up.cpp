// bigocean migrate up: applies what is pending.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.hpp"
#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/dump.hpp"
#include "cli/migrate/lint.hpp"
#include "cli/migrate/plan.hpp"
#include "cli/migrate/preview_gate.hpp"
#include "cli/migrate/subcommands.hpp"

namespace bigocean::cli {
namespace {

struct UpFlags : CallFlags {
  std::string to, dump_file;
  bool allow_unsafe = false;
};

int show(const UpFlags& flags, Call& call) {
  const int code =
      run_plan(call.engine, call.settings, {flags.to, false, &call.interrupt}, call.document, call.output);
  const auto& findings = call.document.findings;
  if (!flags.allow_unsafe && findings && count(*findings, sql::lint::Level::kError) > 0)
    call.output.say("lint errors stop `up` before the first file (exit 8), unless --allow-unsafe is given");
  return code;
}

int run_up(const UpFlags& flags, Call& call) {
  if (flags.dry_run) return show(flags, call);
  const bool dumps = !flags.dump_file.empty();
  if (dumps) check_dump_file(flags.dump_file);
  auto& report = call.document.report;
  auto gate = lint_gate(call.settings, call.document, call.output, flags.allow_unsafe);
  if (call.settings.migrate.preview == config::PreviewChoice::kRequired)
    gate = preview_gate(std::move(gate), call, flags.allow_unsafe);
  call.engine.on_pending(std::move(gate));
  call.engine.up(flags.to, report);
  const auto elapsed = base::format_elapsed(call.elapsed());
  call.output.say(report.files.empty()
                      ? fmt::format("nothing to do: {} applied ({})", report.already_applied, elapsed)
                      : fmt::format("done: {} applied now, {} before ({})", report.files.size(),
                                    report.already_applied, elapsed));
  return dumps ? write_dump(call, flags.dump_file, flags.json) : 0;
}

}  // namespace

void describe_up(CLI::App& app, Invocation& invocation) {
  const auto flags = std::make_shared<UpFlags>();
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  add_lock_options(app, invocation);
  add_limit_options(app, invocation);
  add_blocking_options(app, invocation);
  add_order_options(app, invocation);
  add_setting(app, invocation, "--new-history", "migrate.new_history");
  add_text_option(app, "--to", flags->to, "VERSION", "Stop after this version or name");
  app.add_option("--dump", flags->dump_file, "Write the schema to this file afterwards")->type_name("FILE");
  app.add_flag("--allow-unsafe", flags->allow_unsafe,
               "Apply the files even if lint reports errors, or a required preview stops them");
  add_setting(app, invocation, "--preview", "migrate.preview");
  add_setting(app, invocation, "--scratch-url", "migrate.scratch_url");
  add_dry_run_option(app, *flags);
  add_output_options(app, *flags);
  app.footer(exit_codes_footer({0, 2, 4, 5, 6, 7, 8, 9, 11, 130, 143},
                               fmt::format("bigocean {} --dir db/migrations --wait 60s",
                                           app.get_name() == "up" ? "migrate up" : "migrate")));
  on_call(app, invocation, "up", flags, run_up);
}

void add_up(CLI::App& migrate, Invocation& invocation) {
  describe_up(*migrate.add_subcommand("up", "Applies pending migrations; the default."), invocation);
}

}  // namespace bigocean::cli
