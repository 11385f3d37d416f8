// bigocean migrate drift and dump: what they show and write.
#include "cli/migrate/drift.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "sql/drift/drift.hpp"
#include "sql/migrate/diff.hpp"

namespace bigocean::cli {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ExitCode;
using sql::drift::Change;
using sql::drift::Difference;

std::string with_prefix(std::string_view prefix, std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines += fmt::format("\n{}{}", prefix, text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return lines;
}

/// "-" is what the migrations say, "+" what the database has.
std::string describe(const Difference& difference) {
  const auto title =
      fmt::format("{:<9} {} {}", change_name(difference.change), difference.kind, difference.identity);
  switch (difference.change) {
    case Change::kMissing:
      return title + with_prefix("  -", difference.migrations);
    case Change::kExtra:
      return title + with_prefix("  +", difference.database);
    case Change::kOrder:
      return fmt::format(
          "{}: other order of columns, which is no drift\n    migrations: {}\n    database:   {}", title,
          difference.migrations, difference.database);
    case Change::kDifferent:
      break;
  }
  auto diff = sql::migrate::diff_texts(difference.migrations, difference.database);
  if (diff.starts_with("@@ -1,")) diff.erase(0, diff.find('\n') + 1);
  return title + with_prefix("  ", diff);
}

[[noreturn]] void fail_to_write(const std::string& path, std::string_view why) {
  throw Error(ExitCode::kUsage, fmt::format("cannot write {}: {}", path, why),
              "give a file in a folder that is there and may be written to; - is standard output");
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

}  // namespace

void add_drift_options(CLI::App& app, Invocation& invocation, DriftFlags& flags) {
  add_setting(app, invocation, "--scratch-url", "migrate.scratch_url");
  app.add_option(
         "--ignore", flags.ignored,
         "Leave out what has, or belongs to a table that has, this name; * stands for any text. May be "
         "given more than once")
      ->type_name("PATTERN")
      ->allow_extra_args(false);
}

int show_drift(const config::Settings& settings, const sql::migrate::Overview& overview,
               const DriftFlags& flags, MigrateOutput& output, MigrateDocument& document,
               const base::Interrupt& interrupt) {
  const auto began = std::chrono::steady_clock::now();
  document.drift = sql::drift::find_drift(settings, overview, flags.ignored, output, &interrupt);
  const auto& drift = *document.drift;
  std::size_t count = 0;
  for (const auto& difference : drift.differences) {
    output.say(describe(difference));
    count += difference.change == Change::kOrder ? 0U : 1U;
  }
  const auto elapsed = base::format_elapsed(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began));
  if (!drift.found()) {
    output.say(fmt::format("no drift: {} is as its applied migrations say ({} replayed, {})", overview.target,
                           drift.replayed, elapsed));
    return 0;
  }
  output.say(
      fmt::format("drift: {} difference{} between the applied migrations (-) and {} (+) ({} replayed, {})\n"
                  "write what is to stay into a migration, and take the rest back in the database",
                  count, count == 1 ? "" : "s", overview.target, drift.replayed, elapsed));
  return static_cast<int>(ExitCode::kHistoryConflict);
}

void check_dump_file(const std::string& path) {
  if (is_standard_output(path)) return;
  std::error_code failure;
  const auto folder = fs::absolute(path, failure).parent_path();
  if (!fs::is_directory(folder, failure)) fail_to_write(path, "there is no folder " + folder.string());
  if (fs::exists(path, failure) && !fs::is_regular_file(path, failure)) fail_to_write(path, "it is no file");
  if (::access(folder.c_str(), W_OK) != 0) fail_to_write(path, std::strerror(errno));
}

int write_dump(const config::Settings& settings, const DriftFlags& flags, bool json, MigrateOutput& output,
               MigrateDocument& document, const base::Interrupt& interrupt) {
  check_dump_file(flags.dump_file);
  const auto text = sql::drift::dump(settings, &interrupt);
  if (!is_standard_output(flags.dump_file)) {
    write_whole(flags.dump_file, text);
    output.say("wrote     " + flags.dump_file);
  } else if (json) {
    document.dump = text;
  } else {
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  return 0;
}

}  // namespace bigocean::cli
