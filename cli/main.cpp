// The entry point: command line, settings, subcommand, exit code; and the one place that prints errors.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string_view>
#include <system_error>

#include "base/error.hpp"
#include "base/version.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "cli/option_error.hpp"

namespace bigocean::cli {
namespace {

/// A closed standard stream would give its number to the next socket, and output would go to a server.
void occupy_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) == -1) [[maybe_unused]]
      const int opened = ::open("/dev/null", O_RDWR);
  }
}

/// `label: first line`, further lines indented. A failure to write it is ignored: there is no other place to
/// report it.
void print_labelled(std::string_view label, std::string_view colour, std::string_view text) {
  const bool coloured = ::isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  std::string out = coloured ? fmt::format("\x1b[{}m{}:\x1b[0m ", colour, label) : fmt::format("{}: ", label);
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "  ";
  }
  out += '\n';
  std::fwrite(out.data(), 1, out.size(), stderr);
}

int print(const base::Error& error) {
  std::fflush(stdout);
  print_labelled("error", "1;31", error.message.empty() ? "failed without a message" : error.message);
  if (!error.hint.empty()) print_labelled("hint", "1;36", error.hint);
  return static_cast<int>(error.code);
}

void add_root_options(CLI::App& root, Invocation& invocation) {
  root.name("bigocean");
  root.formatter(help_formatter());
  root.fallthrough();
  root.require_subcommand(1);
  root.set_help_flag("-h,--help", "show this help");
  root.add_flag_callback(
      "--version", [] { throw CLI::CallForVersion("", 0); }, "show version and git commit");
  root.add_option("--config", invocation.config_file,
                  "settings file [default: config/bigocean.toml, then /etc/bigocean/bigocean.toml] "
                  "[env: BIGOCEAN_CONFIG]")
      ->type_name("FILE");
  add_setting(root, invocation, "--env", "environment");
  add_setting(root, invocation, "--log-level", "log.level");
  add_setting(root, invocation, "--log-format", "log.format");
  root.footer(
      "Settings come from flags, the environment, .env.local and .env (in development),\n"
      "bigocean.toml and built-in defaults, in this order. `bigocean config` shows them all.\n");
}

int run(const Invocation& invocation) {
  config::Loaded loaded;
  if (invocation.needs_settings) {
    config::Sources sources;
    sources.overrides = invocation.overrides;
    sources.config_file = invocation.config_file;
    sources.with_lines = invocation.shows_settings;
    loaded = config::load_settings(sources, invocation.requirements, invocation.production_requirements);
    if (!invocation.reports_warnings) {
      for (const auto& warning : loaded.warnings) print_labelled("warning", "1;33", warning);
    }
  }
  return invocation.run(loaded);
}

void build(CLI::App& root, Invocation& invocation) {
  add_root_options(root, invocation);
  for (const auto& subcommand : subcommands()) {
    if (invocation.describes(subcommand.name)) subcommand.add(root, invocation);
  }
}

/// Describing everything takes longer than most subcommands run, and only help and completion show it.
void choose_described(Invocation& invocation, int argc, char** argv) {
  std::set<std::string_view> words;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    words.insert(word.substr(0, word.find('=')));
  }
  for (const char* shows_all : {"-h", "--help", "completion"}) {
    if (words.contains(shows_all)) return;
  }
  invocation.described = std::move(words);
}

/// The error of the command line, found with all subcommands described.
base::Error command_line_error(int argc, char** argv) {
  CLI::App root;
  Invocation unused;
  build(root, unused);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return usage_error(root, failure);
  }
  return {base::ExitCode::kInternal, "the command line could be parsed only at the second attempt",
          "this is a fault of the program: please report it"};
}

int parse_and_run(CLI::App& root, Invocation& invocation, int argc, char** argv) {
  try {
    root.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const std::string help = root.help();
    std::fwrite(help.data(), 1, help.size(), stdout);
    return 0;
  } catch (const CLI::CallForVersion&) {
    fmt::print("bigocean {} (commit {})\n", base::version(), base::git_commit());
    return 0;
  } catch (const CLI::ParseError&) {
    throw command_line_error(argc, argv);
  }
  return run(invocation);
}

/// The reader of our output may stop reading (`| head`): that is no failure. A full disk is one.
int finish_output(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  if (errno == EPIPE || code != 0) return code;
  return print({base::ExitCode::kInternal, "cannot write to standard output", "is the disk full?"});
}

int report_error(const Invocation& invocation, const std::exception& cause, const base::Error& error) {
  const int code = print(error);
  if (invocation.after_failure) invocation.after_failure(cause);
  return code;
}

int build_and_run(CLI::App& root, Invocation& invocation, int argc, char** argv) {
  try {
    choose_described(invocation, argc, argv);
    build(root, invocation);
    return finish_output(parse_and_run(root, invocation, argc, argv));
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::broken_pipe) return static_cast<int>(base::ExitCode::kInternal);
    return report_error(invocation, error, {base::ExitCode::kInternal, error.what()});
  } catch (const base::Error& error) {
    return report_error(invocation, error, error);
  } catch (const std::exception& error) {
    return report_error(
        invocation, error,
        {base::ExitCode::kInternal, error.what(), "this is a fault of the program: please report it"});
  }
}

}  // namespace
}  // namespace bigocean::cli

int main(int argc, char** argv) {
  using namespace bigocean::cli;
  occupy_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);
  // libpq loads libldap, and that GnuTLS, which initialises itself when it is loaded unless this variable
  // leaves that to its callers, as libldap does. Set before there are threads.
  ::setenv("GNUTLS_NO_IMPLICIT_INIT", "1", 0);
  CLI::App root{std::string(summary())};
  Invocation invocation;
  const int code = build_and_run(root, invocation, argc, argv);
  // Docker reserves every exit code of a health check but 0 and 1.
  const auto commands = root.get_subcommands();
  const bool is_healthcheck = !commands.empty() && commands.front()->get_name() == "healthcheck";
  return code != 0 && is_healthcheck ? 1 : code;
}
