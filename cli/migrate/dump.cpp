// bigocean migrate dump: writes the schema as SQL.
#include "cli/migrate/dump.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/help.hpp"
#include "cli/migrate/subcommands.hpp"
#include "cli/output_file.hpp"
#include "sql/drift/drift.hpp"

namespace bigocean::cli {
namespace {

struct DumpFlags : CallFlags {
  std::string file;
};

bool is_standard_output(const std::string& path) { return path.empty() || path == "-"; }

int run_dump(const DumpFlags& flags, Call& call) { return write_dump(call, flags.file, flags.json); }

}  // namespace

void check_dump_file(const std::string& path) {
  if (!is_standard_output(path)) check_output_file(path);
}

int write_dump(Call& call, const std::string& path, bool json) {
  check_dump_file(path);
  const auto text = sql::drift::dump(call.settings, call.output, &call.interrupt);
  if (!is_standard_output(path)) {
    write_output_file(path, text);
    call.output.say("wrote     " + path);
  } else if (json) {
    call.document.dump = text;
  } else {
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  return 0;
}

void add_dump(CLI::App& migrate, Invocation& invocation) {
  auto& app =
      *migrate.add_subcommand("dump", "Writes the schema as SQL, always the same text for the same schema.");
  const auto flags = std::make_shared<DumpFlags>();
  app.add_option("--output", flags->file, "The file to write; - is standard output")->type_name("FILE");
  add_history_options(app, invocation);
  add_setting(app, invocation, "--lock-timeout", "migrate.lock_timeout");
  add_json_option(app, *flags);
  add_quiet_option(app, *flags);
  app.footer(exit_codes_footer({0, 2, 5, 7, 130, 143}, "bigocean migrate dump --output schema.sql"));
  on_call(app, invocation, "dump", flags, run_dump);
}

}  // namespace bigocean::cli
