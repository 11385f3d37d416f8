// The scripts that are the steps of deploy/github-action, run in a repository with a branch, as GitHub's
// runner would run them. Only `gh` is a stand-in: it notes how it is called.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace github_action_test {

using namespace bigocean::test;

namespace {

namespace fs = std::filesystem;

constexpr const char* kThings = "-- migrate:up\nCREATE TABLE things (id bigint PRIMARY KEY, name text);\n";
constexpr const char* kUnsafe = "-- migrate:up\nCREATE INDEX things_name ON things (name);\n";
constexpr const char* kSafe =
    "-- migrate:up\nALTER TABLE things ADD COLUMN size bigint;\n\n-- migrate:down\nALTER TABLE things DROP "
    "COLUMN size;\n";

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// A repository of somebody else's: the branch `main` with one migration, and a branch with what a test adds.
class Repository {
 public:
  Repository() {
    folder_.write("tools/gh", gh);
    fs::permissions(folder_.path() + "/tools/gh", fs::perms::owner_all);
    fs::create_symlink(BIGOCEAN_TOOLKIT, folder_.path() + "/tools/bigocean");
    fs::create_directory(tree());
    git({"init", "--quiet", "--initial-branch=main"});
    commit("20260101000000_things.sql", kThings);
    git({"checkout", "--quiet", "-b", "change"});
  }

  void commit(const std::string& name, const std::string& text) const {
    folder_.write("tree/db/migrations/" + name, text);
    git({"add", "."});
    git({"-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message",
         name});
  }

  /// Runs one script of the action in the repository.
  Finished step(const std::string& script, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), std::string(BIGOCEAN_SOURCE_DIR) + "/deploy/github-action/" + script);
    ProcessOptions options;
    options.working_directory = tree();
    options.environment = {{"DATABASE_URL", url},
                           {"PATH", folder_.path() + "/tools:/usr/bin:/bin"},
                           {"GITHUB_STEP_SUMMARY", path("summary")},
                           {"GH_REPO", "someone/something"},
                           {"GH_LOG", path("gh.log")},
                           {"GH_COMMENTS", earlier_comments},
                           {"GH_FAILS", gh_fails}};
    return run(arguments, options);
  }

  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  std::string url = shared_postgres().create_database();
  std::string earlier_comments;  ///< the ids that `gh` prints
  std::string gh_fails;          ///< the method with which `gh` fails

 private:
  static constexpr const char* gh =
      "#!/bin/sh\necho \"$@\" >>\"$GH_LOG\"\n"
      "case \"$*\" in *\"--method $GH_FAILS\"*) [ -z \"$GH_FAILS\" ] || exit 1 ;; esac\n"
      "case \"$*\" in *--paginate*) [ -z \"$GH_COMMENTS\" ] || echo \"$GH_COMMENTS\" ;; esac\n";

  std::string tree() const { return folder_.path() + "/tree"; }

  void git(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "git");
    ProcessOptions options;
    options.working_directory = tree();
    const auto done = run(arguments, options);
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
  }

  TempDir folder_;
};

}  // namespace

TEST_CASE("the action's lint annotates what the branch adds, and nothing else") {
  const Repository repository;
  const auto none = repository.step("lint", {"db/migrations", "main"});
  CHECK_MESSAGE(none.exit_code == 0, none.err);
  CHECK(none.out == "no migration is new\n");

  repository.commit("20260102000000_size.sql", kSafe);
  CHECK(repository.step("lint", {"db/migrations", "main"}).exit_code == 0);
  // What reverts is no pending file: this drop is no finding.
  repository.commit("old/20260103000000_pair.down.sql", "DROP TABLE things;\n");
  CHECK(repository.step("lint", {"db/migrations", "main"}).exit_code == 0);

  repository.commit("20260104000000_index.sql", kUnsafe);
  const auto unsafe = repository.step("lint", {"db/migrations", "main"});
  CHECK(unsafe.exit_code == 8);
  CHECK_MESSAGE(unsafe.out.starts_with("::error file=db/migrations/20260104000000_index.sql,line=2,col="),
                unsafe.out);
  CHECK(repository.step("lint", {"db/migrations", "no-such-branch"}).exit_code != 0);
}

TEST_CASE("the action's plan shows what the branch would do to the state of main") {
  const Repository repository;
  repository.commit("20260102000000_size.sql", kSafe);
  const auto planned = repository.step("plan", {"db/migrations", "main", repository.path("plan.md")});
  CHECK_MESSAGE(planned.exit_code == 0, (planned.err + planned.out));
  const auto report = read(repository.path("plan.md"));
  CAPTURE(report);
  CHECK(report.starts_with(
      "<!-- bigocean plan db/migrations -->\n### What the new migrations in `db/migrations`"));
  CHECK(contains(report, "pending   20260102000000_size"));
  CHECK(contains(report, "verdict: "));
  CHECK_FALSE(contains(report, "20260101000000_things"));
  CHECK(read(repository.path("summary")) == report);

  // The same database, as the next step finds it.
  const auto tried = repository.step("try", {"db/migrations"});
  CHECK_MESSAGE(tried.exit_code == 0, (tried.err + tried.out));
  CHECK(contains(tried.out, "1 applied now, 1 before"));
  CHECK(query(repository.url, "SELECT count(size) FROM things")[0][0] == "0");
}

TEST_CASE("the action's plan and trial end with migrate's exit code, and the report says which") {
  const Repository repository;
  repository.commit("20260102000000_wrong.sql", "-- migrate:up\nALTER TABLE thing ADD COLUMN size bigint;\n");
  const auto tried = repository.step("try", {"db/migrations"});
  CHECK_MESSAGE(tried.exit_code == 5, tried.err);
  CHECK(contains(tried.out + tried.err, "20260102000000_wrong.sql:2"));

  const Repository edited;
  edited.commit("20260101000000_things.sql", std::string(kThings) + "-- edited\n");
  const auto planned = edited.step("plan", {"db/migrations", "main", edited.path("plan.md")});
  CHECK_MESSAGE(planned.exit_code == 6, (planned.err + planned.out));
  CHECK(contains(read(edited.path("plan.md")), "`migrate plan` ended with exit code 6."));
}

TEST_CASE("the action writes one comment, then writes over it; without the right to, it only warns") {
  Repository repository;
  CHECK(repository.step("comment", {repository.path("plan.md"), "7"}).out == "there is no plan\n");
  repository.commit("20260102000000_size.sql", kSafe);
  REQUIRE(repository.step("plan", {"db/migrations", "main", repository.path("plan.md")}).exit_code == 0);
  const auto comment = [&] { return repository.step("comment", {repository.path("plan.md"), "7"}); };
  const std::string body = " --field body=@" + repository.path("plan.md");

  CHECK(comment().exit_code == 0);
  const auto first = read(repository.path("gh.log"));
  CHECK(contains(first, "repos/someone/something/issues/7/comments --jq"));
  CHECK(contains(first, "startswith(\"<!-- bigocean plan db/migrations -->\")"));
  CHECK(contains(first, "--method POST repos/someone/something/issues/7/comments" + body));

  repository.earlier_comments = "31\n32";
  CHECK(comment().exit_code == 0);
  CHECK(contains(read(repository.path("gh.log")),
                 "--method PATCH repos/someone/something/issues/comments/31" + body));

  repository.gh_fails = "PATCH";
  const auto refused = comment();
  CHECK(refused.exit_code == 0);
  CHECK(refused.out.starts_with("::warning::"));
}

}  // namespace github_action_test
