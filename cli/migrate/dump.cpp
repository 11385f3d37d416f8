// bigocean migrate dump: writes the schema as SQL.
#include "cli/migrate/dump.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "cli/help.hpp"
#include "cli/migrate/subcommands.hpp"
#include "sql/drift/drift.hpp"

namespace bigocean::cli {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ExitCode;

struct DumpFlags : CallFlags {
  std::string file;
};

[[noreturn]] void fail_to_write(const std::string& path, std::string_view why) {
  throw Error(ExitCode::kUsage, fmt::format("cannot write {}: {}", path, why),
              "name a file in an existing folder that may be written to; - is standard output");
}

/// A reader never sees half a file: it is written beside its place and then moved there.
void write_whole(const std::string& path, const std::string& text) {
  const auto temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  std::error_code failure;
  std::ofstream file(temporary, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    const std::string why = std::strerror(errno);
    fs::remove(temporary, failure);
    fail_to_write(path, why);
  }
  fs::rename(temporary, path, failure);
  if (!failure) return;
  const auto why = failure.message();
  fs::remove(temporary, failure);
  fail_to_write(path, why);
}

bool is_standard_output(const std::string& path) { return path.empty() || path == "-"; }

int run_dump(const DumpFlags& flags, Call& call) { return write_dump(call, flags.file, flags.json); }

}  // namespace

void check_dump_file(const std::string& path) {
  if (is_standard_output(path)) return;
  std::error_code failure;
  const auto folder = fs::absolute(path, failure).parent_path();
  if (!fs::is_directory(folder, failure)) fail_to_write(path, "there is no folder " + folder.string());
  if (fs::exists(path, failure) && !fs::is_regular_file(path, failure))
    fail_to_write(path, "it is not a regular file");
  if (::access(folder.c_str(), W_OK) != 0) fail_to_write(path, std::strerror(errno));
}

int write_dump(Call& call, const std::string& path, bool json) {
  check_dump_file(path);
  const auto text = sql::drift::dump(call.settings, call.output, &call.interrupt);
  if (!is_standard_output(path)) {
    write_whole(path, text);
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
