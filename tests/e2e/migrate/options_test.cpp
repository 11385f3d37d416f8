// Every subcommand of migrate accepts the options that it honours, and refuses all others.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "tests/e2e/migrate/fixture.hpp"

namespace options_test {

using namespace bigocean::test;

namespace {

using Words = std::set<std::string>;

Words words_of(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) words.insert(word);
  return words;
}

/// What each subcommand has; written down here by hand, apart from what the program says of itself.
const std::map<std::string, Words>& expected() {
  static const std::map<std::string, Words> table{
      {"up",
       words_of("--dir --format --schema --wait --deadline --session-pooler --new-history --lock-timeout"
                " --statement-timeout --max-blocking --terminate-idle-in-transaction --strict-order "
                "--no-ahead --to"
                " --dump --allow-unsafe --preview --scratch-url --dry-run"
                " --json --quiet --verbose")},
      {"plan",
       words_of(
           "--dir --format --schema --wait --session-pooler --new-history --lock-timeout --statement-timeout"
           " --strict-order --no-ahead --to --rehearse --no-preview --scratch-url --json --quiet --verbose "
           "--html")},
      {"lint", words_of("--dir --format --schema --wait --strict-order --no-ahead --output --offline --levels"
                        " --json")},
      {"status",
       words_of("--dir --format --schema --wait --no-ahead --check --json --quiet --verbose --html")},
      {"down", words_of("--dir --format --schema --wait --deadline --session-pooler --lock-timeout"
                        " --statement-timeout --max-blocking --terminate-idle-in-transaction --steps --to "
                        "--yes --dry-run --json --quiet --verbose")},
      {"redo", words_of("--dir --format --schema --wait --deadline --session-pooler --lock-timeout"
                        " --statement-timeout --max-blocking --terminate-idle-in-transaction --yes --dry-run "
                        "--json --quiet --verbose")},
      {"verify", words_of("--dir --format --schema --wait --json --quiet --verbose")},
      {"bless", words_of("--dir --format --schema --wait --deadline --session-pooler --reason --dry-run"
                         " --json --quiet --verbose")},
      {"baseline", words_of("--dir --format --schema --wait --deadline --session-pooler --dry-run --json"
                            " --quiet --verbose")},
      {"adopt",
       words_of("--dir --format --schema --wait --deadline --session-pooler --strict-order --no-ahead"
                " --table --apply --dry-run --json --quiet --verbose")},
      {"resolve", words_of("--dir --format --schema --wait --deadline --session-pooler --done --again"
                           " --dry-run --json --quiet --verbose")},
      {"drift", words_of("--dir --format --schema --wait --deadline --session-pooler --lock-timeout"
                         " --statement-timeout --scratch-url --prelude --ignore --json --quiet --verbose")},
      {"dump", words_of("--schema --wait --lock-timeout --output --json --quiet")},
      {"new", words_of("--dir --format --dry-run --json")},
  };
  return table;
}

/// What a subcommand cannot do without.
Arguments needed(const std::string& command) {
  if (command == "bless") return {"1_a", "--reason=edit"};
  if (command == "baseline") return {"1_a"};
  if (command == "resolve") return {"1_a", "--done"};
  if (command == "new") return {"something"};
  return {};
}

/// `bigocean ARGUMENTS`, with no --dir of the fixture's.
Finished run_plainly(const Scene& scene, const Arguments& arguments) {
  Arguments argv{BIGOCEAN_BINARY};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const TempDir empty;
  ProcessOptions options;
  options.environment = scene.environment;
  options.working_directory = empty.path();
  return run(argv, options);
}

/// Option → whether it takes a value, out of --help.
std::map<std::string, bool> shown_options(const Scene& scene, const Arguments& command) {
  auto arguments = command;
  arguments.push_back("--help");
  const auto help = run_plainly(scene, arguments);
  REQUIRE(help.exit_code == 0);
  std::map<std::string, bool> options;
  const std::regex option("\n  (?:-h, )?(--[a-z-]+)( [^ \n]+)?");
  for (std::sregex_iterator match(help.out.begin(), help.out.end(), option), end; match != end; ++match)
    options.emplace((*match)[1], (*match)[2].matched);
  options.erase("--help");
  return options;
}

Words names_of(const std::map<std::string, bool>& options) {
  Words names;
  for (const auto& [name, value] : options) names.insert(name);
  return names;
}

/// Every option of any subcommand → whether it takes a value.
std::map<std::string, bool> all_options(const Scene& scene) {
  std::map<std::string, bool> all;
  for (const auto& [command, words] : expected()) all.merge(shown_options(scene, {"migrate", command}));
  return all;
}

/// Three files of which two are applied, one of these is edited, and a table of another tool.
void prepare(Scene& scene) {
  scene.file("1_a.sql", "-- migrate:up\nCREATE TABLE a (n int);\n-- migrate:down\nDROP TABLE a;\n");
  scene.file("2_b.sql", "-- migrate:up\nCREATE TABLE b (n int);\n-- migrate:down\nDROP TABLE b;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.file("1_a.sql", "-- migrate:up\nCREATE TABLE a (n int); -- edited\n-- migrate:down\nDROP TABLE a;\n");
  scene.file("3_c.sql", "CREATE TABLE c (n int);\n");
  scene.rows("CREATE TABLE schema_migrations (version text); INSERT INTO schema_migrations VALUES ('3')");
  scene.environment["BIGOCEAN_MIGRATE_DIR"] = scene.folder();
}

/// The text files of the project that people read commands in, and those that print them.
std::vector<std::filesystem::path> texts() {
  namespace fs = std::filesystem;
  const fs::path root(BIGOCEAN_SOURCE_DIR);
  std::vector<fs::path> files{root / "README.md"};
  for (const char* folder : {"docs", "cli", "sql", "server", ".github"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder))
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

/// "status --nothing: …" for each `migrate` command in `text` with an option that it does not have.
std::vector<std::string> wrong_commands(const std::string& text, std::size_t& options_seen) {
  static const std::regex command("(?:bigocean |`)migrate(?: ([a-z]+))?((?: [^\\s`\"';,]+)*)");
  static const std::regex option("(?:^| )(--[a-z-]+)");
  std::vector<std::string> wrong;
  for (std::sregex_iterator match(text.begin(), text.end(), command), end; match != end; ++match) {
    const auto found = expected().find((*match)[1]);
    const auto& own = found == expected().end() ? expected().at("up") : found->second;
    const std::string rest = (*match)[2];
    for (std::sregex_iterator word(rest.begin(), rest.end(), option); word != end; ++word) {
      ++options_seen;
      if (!own.contains((*word)[1])) wrong.push_back(match->str());
    }
  }
  return wrong;
}

}  // namespace

TEST_CASE("commands in hints, examples and docs have options that they take") {
  std::size_t options_seen = 0;
  for (const auto& path : texts()) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    for (const auto& wrong : wrong_commands(text.str(), options_seen)) FAIL_CHECK(path << ": " << wrong);
  }
  CHECK(options_seen > 15);
  CHECK(wrong_commands("run `bigocean migrate status --to 1`", options_seen).size() == 1);
  CHECK(wrong_commands("run `bigocean migrate --offline`", options_seen).size() == 1);
  CHECK(wrong_commands("run `bigocean migrate down --to 1`", options_seen).empty());
}

TEST_CASE("help and completion show of each subcommand exactly the options that it honours") {
  const Scene scene;
  const auto script = run_plainly(scene, {"completion", "bash"}).out;
  const auto completed = [&](const std::string& level) {
    std::smatch found;
    REQUIRE(std::regex_search(script, found, std::regex("\n    '" + level + "'\\) words='([^']*)'")));
    auto words = words_of(found[1]);
    for (const char* everywhere : {"--help", "--version", "--config", "--env", "--log-level", "--log-format"})
      words.erase(everywhere);
    return words;
  };
  for (const auto& [command, words] : expected()) {
    CAPTURE(command);
    CHECK(names_of(shown_options(scene, {"migrate", command})) == words);
    CHECK(completed("bigocean migrate " + command) == words);
  }
  CHECK(names_of(shown_options(scene, {"migrate"})) == expected().at("up"));
  auto of_the_group = expected().at("up");
  for (const auto& [command, words] : expected()) of_the_group.insert(command);
  CHECK(completed("bigocean migrate") == of_the_group);
}

TEST_CASE(
    "an option of another subcommand is exit 2, behind the subcommand and before it, and changes nothing") {
  Scene scene;
  prepare(scene);
  const auto options = all_options(scene);
  CHECK(options.size() == 38);
  const auto before = scene.fingerprint();
  std::size_t refused = 0;
  for (const auto& [command, own] : expected()) {
    for (const auto& [option, takes_value] : options) {
      if (own.contains(option)) continue;
      const auto word = takes_value ? option + "=1" : option;
      Arguments behind{"migrate", command}, ahead{"migrate", word, command};
      for (const auto& more : needed(command)) {
        behind.push_back(more);
        ahead.push_back(more);
      }
      behind.push_back(word);
      for (const auto& arguments : {behind, ahead}) {
        const auto done = run_plainly(scene, arguments);
        CAPTURE(said(done));
        CAPTURE(command);
        CAPTURE(option);
        CHECK(done.exit_code == 2);
        CHECK(done.out.empty());
        CHECK(contains(done.err, "unknown option `" + option + "`"));
        ++refused;
      }
    }
  }
  CHECK(refused > 400);
  CHECK(scene.fingerprint() == before);
}

TEST_CASE("a refused option comes with what the subcommand has, and with who has that option") {
  const Scene scene;
  const auto to = run_plainly(scene, {"migrate", "status", "--to", "1"});
  CHECK(contains(to.err, "bigocean migrate status: unknown option `--to` (`up`, `plan` and `down` have it)"));
  CHECK(contains(to.err, "hint: bigocean migrate status has --dir, --format, --schema, --wait, --check"));
  const auto before = run_plainly(scene, {"migrate", "--dump", "x", "status"});
  CHECK(contains(before.err, "bigocean migrate status: unknown option `--dump` (`up` has it)"));
  const auto misspelt = run_plainly(scene, {"migrate", "status", "--qiet"});
  CHECK(contains(misspelt.err, "unknown option `--qiet` (did you mean `--quiet`?)"));
}

TEST_CASE("an option before the subcommand counts as if it stood behind it") {
  Scene scene;
  scene.file("1_a.sql", "-- migrate:up\nCREATE TABLE a (n int);\n-- migrate:down\nDROP TABLE a;\n");
  scene.file("2_b.sql", "-- migrate:up\nCREATE TABLE b (n int);\n-- migrate:down\nDROP TABLE b;\n");
  const auto migrate = [&](const Arguments& arguments) {
    Arguments all{"migrate", "--dir", scene.folder()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_plainly(scene, all);
  };
  CHECK(contains(migrate({"status"}).out, "2 pending"));
  CHECK(document(migrate({"--json", "--to", "1", "plan"}))["plan"].size() == 1);
  CHECK(contains(migrate({"--to", "", "plan"}).err, "--to: must not be empty"));
  CHECK(migrate({"--dir", scene.folder(), "status"}).exit_code == 2);  // given twice
  CHECK(migrate({"--log-level", "debug", "--schema", "mine", "up", "--to", "1"}).exit_code == 0);
  CHECK(migrate({"up", "--schema", "mine"}).exit_code == 0);
  CHECK(contains(migrate({"--schema=mine", "status"}).out, "2 applied"));
  CHECK(contains(migrate({"--dry-run", "--schema", "mine", "down", "--yes"}).out, "would take back 2_b"));
  CHECK(scene.has_table("b"));
  CHECK(migrate({"--schema", "mine", "--quiet", "--to", "1_a", "down", "--yes"}).exit_code == 0);
  CHECK_FALSE(scene.has_table("b"));
  CHECK(scene.has_table("a"));
  CHECK(migrate({"--to", "1", "down", "--steps", "1"}).exit_code == 2);
  CHECK(migrate({"--config", "missing.toml", "status"}).exit_code == 2);
  CHECK(contains(migrate({"status", "--config", "missing.toml"}).err, "missing.toml"));
}

}  // namespace options_test
