// The real binary's command line: help, version, suggestions, settings, completion, broken pipes.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace cli {

using bigocean::test::Finished;
using bigocean::test::ProcessOptions;
using bigocean::test::TempDir;

namespace {

using Variables = std::map<std::string, std::string>;

Finished run_binary_in(const std::string& folder, std::vector<std::string> arguments,
                       const Variables& variables = {}) {
  arguments.insert(arguments.begin(), BIGOCEAN_BINARY);
  ProcessOptions options;
  options.environment = variables;
  options.working_directory = folder;
  return bigocean::test::run(arguments, options);
}

Finished run_binary(const std::vector<std::string>& arguments, const Variables& variables = {}) {
  const TempDir empty;
  return run_binary_in(empty.path(), arguments, variables);
}

/// Runs a script with the binary as $0.
Finished shell(const std::string& script) {
  const TempDir empty;
  ProcessOptions options;
  options.working_directory = empty.path();
  return bigocean::test::run({"bash", "-c", script, BIGOCEAN_BINARY}, options);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::vector<std::vector<std::string>> kCommands{{"serve"},
                                                      {"migrate"},
                                                      {"migrate", "up"},
                                                      {"migrate", "plan"},
                                                      {"migrate", "lint"},
                                                      {"migrate", "status"},
                                                      {"migrate", "down"},
                                                      {"migrate", "redo"},
                                                      {"migrate", "verify"},
                                                      {"migrate", "bless"},
                                                      {"migrate", "baseline"},
                                                      {"migrate", "adopt"},
                                                      {"migrate", "resolve"},
                                                      {"migrate", "drift"},
                                                      {"migrate", "dump"},
                                                      {"migrate", "new"},
                                                      {"budget"},
                                                      {"budget", "analyses"},
                                                      {"budget", "retry"},
                                                      {"budget", "block"},
                                                      {"budget", "unblock"},
                                                      {"check-db"},
                                                      {"check-redis"},
                                                      {"healthcheck"},
                                                      {"config"},
                                                      {"completion"}};

}  // namespace

TEST_CASE("--version says version and commit") {
  const auto done = run_binary({"--version"});
  CHECK(done.exit_code == 0);
  CHECK(done.err.empty());
  CHECK(std::regex_match(done.out,
                         std::regex("bigocean \\d+\\.\\d+\\.\\d+ \\(commit ([0-9a-f]{7,40}|unknown)\\)\n")));
}

TEST_CASE("--help of every subcommand: what it does, options, exit codes, an example, in 100 columns") {
  const auto root = run_binary({"--help"});
  CHECK(root.exit_code == 0);
  for (const auto& command : kCommands) {
    CAPTURE(command.back());
    auto arguments = command;
    arguments.push_back("--help");
    const auto done = run_binary(arguments);
    CHECK(done.exit_code == 0);
    CHECK(done.err.empty());
    if (command.size() == 1) CHECK(contains(root.out, "\n  " + command.front() + " "));
    for (const char* part : {"Usage: bigocean", "Options:", "-h, --help", "Everywhere: --config",
                             "Exit codes:", "  0   done", "Example:\n"}) {
      CHECK_MESSAGE(contains(done.out, part), part);
    }
    for (const auto& text : {root.out, done.out}) {
      CHECK_FALSE(std::regex_search(text, std::regex("[^\n]{101}")));
      CHECK_FALSE(contains(text, " \n"));
    }
  }
  CHECK(contains(run_binary({"serve", "--help"}).out, "[default: 4000] [env: PORT]"));
}

TEST_CASE("--help names the exit codes that a platform should retry, where there are any") {
  CHECK(contains(run_binary({"migrate", "up", "--help"}).out, "\nA platform should retry only: 4, 7, 9\n"));
  CHECK(contains(run_binary({"check-db", "--help"}).out, "\nA platform should retry only: 7\n"));
  CHECK_FALSE(contains(run_binary({"config", "--help"}).out, "should retry"));
}

TEST_CASE("a misspelled word gets the nearest one and exit code 2") {
  const std::pair<std::vector<std::string>, const char*> rows[] = {
      {{"migrat"}, "unknown subcommand `migrat` (did you mean `migrate`?)"},
      {{"check-bd", "--json"}, "unknown subcommand `check-bd` (did you mean `check-db`?)"},
      {{"statsu"}, "(did you mean `bigocean migrate status`?)"},
      {{"migrate", "staus"}, "bigocean migrate: unknown subcommand `staus` (did you mean `status`?)"},
      {{"serve", "--prot", "4000"}, "bigocean serve: unknown option `--prot` (did you mean `--port`?)"},
      {{"serve", "--prot=4000"}, "unknown option `--prot` (did you mean `--port`?)"},
      {{"config", "--jsno"}, "unknown option `--jsno` (did you mean `--json`?)"},
      {{"migrate", "--qiet", "status"},
       "bigocean migrate status: unknown option `--qiet` (did you mean `--quiet`?)"},
      {{"migrate", "status", "--staus"}, "bigocean migrate status: unknown option `--staus`"},
      {{"config", "--port", "1"},
       "bigocean config: unknown option `--port` (`serve` and `healthcheck` have it)"},
      {{"config", "--log-levle", "debug"}, "(did you mean `--log-level`?)"},
      {{"--prot", "4000"}, "unknown option `--prot` (did you mean `bigocean serve --port`?)"},
      {{"config", "surplus"}, "unknown argument `surplus`"},
      {{}, "a subcommand is missing: serve, migrate"},
      {{"serve", "--port"}, "--port: 1 required INTEGER missing"},
      {{"completion", "fish"}, "unknown subcommand `fish`"},
      {{"serve", "--port", "x", "--check-config"},
       "--port (flag): `x` is not a whole number; for example --port 4000"},
  };
  for (const auto& [arguments, says] : rows) {
    const auto done = run_binary(arguments);
    CAPTURE(done.err);
    CHECK(done.exit_code == 2);
    CHECK(done.out.empty());
    CHECK(done.err.starts_with("error: "));
    CHECK(contains(done.err, "\nhint: "));
    CHECK(contains(done.err, says));
  }
  CHECK(contains(run_binary({"serve", "--prot"}).err, "hint: `bigocean serve --help`"));
}

TEST_CASE("healthcheck ends with 0 or 1 only, whatever is wrong") {
  CHECK(run_binary({"healthcheck", "--help"}).exit_code == 0);
  CHECK(run_binary({"healthcheck", "--bogus"}).exit_code == 1);
  CHECK(run_binary({"--log-level", "info", "healthcheck", "--timeout"}).exit_code == 1);
  CHECK(run_binary({"healthcheck"}, {{"PORT", "wrong"}}).exit_code == 1);
}

TEST_CASE("no secret of the command line is echoed") {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"check-db", "postgres://app:hunter2@db/app"},
                                             {"check-db", "--ulr=postgres://app:hunter2@db/app"},
                                             {"sk-ant-hunter2"},
                                             {"migrate", "postgres://app:hunter2@db/app"},
                                             {"serve", "--port", "postgres://app:hunter2@db/app"}}) {
    const auto done = run_binary(arguments);
    CAPTURE(done.err);
    CHECK(done.exit_code == 2);
    CHECK_FALSE(contains(done.err, "hunter2"));
  }
}

TEST_CASE("serve in production names all that is missing at once") {
  const auto done = run_binary({"serve", "--check-config"}, {{"NODE_ENV", "production"}});
  CHECK(done.exit_code == 2);
  for (const char* name : {"DATABASE_URL", "REDIS_URL", "ANTHROPIC_API_KEY"}) {
    CHECK(
        contains(done.err, std::string("\n  ") + name + " (not set): is missing; for example " + name + "="));
  }
  CHECK_FALSE(contains(done.err, "SENTRY_DSN"));
}

TEST_CASE("config shows every setting with its source and no secret") {
  const TempDir folder;
  folder.write("config/bigocean.toml", "[server]\nworkers = 3\n");
  folder.write(".env", "REDIS_URL=redis://:hunter2@cache:6379\n");
  const Variables variables{{"DATABASE_URL", "postgres://app:hunter2@db:5432/app"},
                            {"ANTHROPIC_API_KEY", "sk-hunter2-0123456789"},
                            {"SENTRY_DSN", "https://hunter2@s.example/1"}};
  const auto text = run_binary_in(folder.path(), {"config", "--log-level", "debug"}, variables);
  CAPTURE(text.out);
  CHECK(text.exit_code == 0);
  CHECK(text.err.empty());
  const auto has_line = [&](const std::string& line) {
    return std::regex_search(text.out, std::regex("\n" + line + "\n"));
  };
  CHECK(has_line("level +debug +flag --log-level"));
  CHECK(has_line("workers +3 +config/bigocean.toml"));
  CHECK(has_line("url +postgres://app:\\*\\*\\*@db:5432/app +environment DATABASE_URL"));
  CHECK(has_line("url +redis://:\\*\\*\\*@cache:6379 +\\.env"));
  CHECK(has_line("api_key +\\*\\*\\*6789 +environment ANTHROPIC_API_KEY"));
  CHECK(has_line("port +4000 +default"));
  CHECK_FALSE(contains(text.out, "hunter2"));

  const auto json = run_binary_in(folder.path(), {"config", "--json"}, variables);
  const auto document = nlohmann::json::parse(json.out);
  CHECK(document["warnings"].empty());
  CHECK(document["settings"].size() > 30);
  CHECK(document["settings"][0]["key"] == "environment");
  CHECK_FALSE(contains(json.out, "hunter2"));
}

TEST_CASE("a warning goes to standard error") {
  const TempDir folder;
  folder.write(".env", "DATABSE_URL=x\n");
  const auto done = run_binary_in(folder.path(), {"config"});
  CHECK(done.exit_code == 0);
  CHECK(done.err == "warning: .env:1: DATABSE_URL is unknown (did you mean DATABASE_URL?)\n");
}

TEST_CASE("bash completes subcommands, options, words and files") {
  const auto complete = [](const std::string& words) {
    const auto done = shell(
        "touch one.toml; mkdir two; source <(\"$0\" completion bash) || exit 9; COMP_WORDS=(" + words +
        "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _bigocean || exit 8; printf '%s\\n' \"${COMPREPLY[@]}\"");
    CHECK(done.exit_code == 0);
    CHECK(done.err.empty());
    return done.out;
  };
  CHECK(complete("bigocean mig") == "migrate\n");
  CHECK(complete("bigocean check-") == "check-db\ncheck-redis\n");
  CHECK(complete("bigocean migrate sta") == "status\n");
  CHECK(complete("bigocean --log-level warn completion ''").starts_with("bash\nzsh\n"));
  CHECK(complete("bigocean serve --por") == "--port\n");
  CHECK(contains(complete("bigocean migrate status --"), "--config\n"));
  CHECK(complete("bigocean --log-level ''") == "debug\ninfo\nwarn\nerror\n");
  CHECK(complete("bigocean config --env pro") == "production\n");
  CHECK(complete("bigocean --log-level = w") == "warn\n");
  CHECK(complete("bigocean --config one") == "one.toml\n");
  CHECK(complete("bigocean migrate --dir t") == "two\n");
  CHECK(complete("bigocean serve --port ''") == "\n");
  CHECK(shell("source <(\"$0\" completion bash) && complete -p bigocean").out ==
        "complete -F _bigocean bigocean\n");
}

TEST_CASE("the completion scripts hold every subcommand and every long option of --help") {
  const std::string bash = run_binary({"completion", "bash"}).out;
  const std::string zsh = run_binary({"completion", "zsh"}).out;
  CHECK(zsh.starts_with("#compdef bigocean\n"));
  for (const auto& command : kCommands) {
    auto arguments = command;
    arguments.push_back("--help");
    const std::string help = run_binary(arguments).out;
    const std::string level =
        "'bigocean " + command.front() + (command.size() > 1 ? " " + command[1] : "") + "')";
    CHECK_MESSAGE(contains(bash, level), level);
    CHECK_MESSAGE(contains(zsh, level), level);
    const std::regex option("\n  (?:-h, )?(--[a-z-]+)");
    for (std::sregex_iterator match(help.begin(), help.end(), option), end; match != end; ++match) {
      const std::string name = (*match)[1];
      CHECK_MESSAGE(
          std::regex_search(bash, std::regex(level.substr(0, level.size() - 1) + "\\) words='[^']*" + name)),
          name);
      CHECK_MESSAGE(contains(zsh, "'" + name + ":"), name);
    }
  }
  CHECK(std::count(zsh.begin(), zsh.end(), '\'') % 2 == 0);
  ProcessOptions options;
  options.input = bash;
  CHECK(bigocean::test::run({"bash", "-n"}, options).exit_code == 0);
}

TEST_CASE("a reader that goes away is no failure, a full disk is one") {
  CHECK(shell("\"$0\" --help | true; exit ${PIPESTATUS[0]}").exit_code == 0);
  const auto closed = shell("\"$0\" config >&-");
  CHECK(closed.exit_code == 0);
  CHECK(closed.err.empty());
  const auto full = shell("\"$0\" config > /dev/full");
  CHECK(full.exit_code == 1);
  CHECK(contains(full.err, "error: cannot write to standard output"));
}

TEST_CASE("errors are not coloured outside a terminal") {
  CHECK_FALSE(contains(run_binary({"x"}).err, "\x1b["));
}

}  // namespace cli
