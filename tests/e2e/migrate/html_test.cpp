// --html of plan, status and check-db: one file that needs nothing else, with all that the rows say.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/e2e/migrate/fixture.hpp"

namespace bigocean::test::html_test {
namespace {

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// Nothing is loaded, nothing runs, and what stands in it is text.
void check_form(const std::string& html) {
  CHECK(html.starts_with("<!doctype html>"));
  CHECK(html.ends_with("</html>\n"));
  CHECK(has(html, "Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\""));
  for (const char* text : {"<script", "<img", "<link", "src=", "href=", "url(", "{0}"})
    CHECK_FALSE_MESSAGE(has(html, text), text);
}

/// A database with one applied file and two pending ones, whose names and tables are hostile.
struct Scene {
  Scene() {
    folder.write("1_<b>one.sql", "-- migrate:up\nCREATE TABLE \"<script>alert(1)</script>\" (id bigint);\n");
    REQUIRE(call({"migrate"}).exit_code == 0);
    folder.write("2_two.sql",
                 "-- migrate:up\nALTER TABLE \"<script>alert(1)</script>\" ALTER COLUMN id TYPE text;\n");
    folder.write("3_three.sql", "-- migrate:up\nCREATE TABLE other (id bigint PRIMARY KEY);\n");
  }

  Finished call(std::vector<std::string> arguments) const {
    if (arguments.front() == "migrate") arguments.insert(arguments.end(), {"--dir", folder.path()});
    arguments.insert(arguments.begin(), BIGOCEAN_BINARY);
    ProcessOptions options;
    options.environment = {{"DATABASE_URL", url}};
    return run(arguments, options);
  }
  std::string file() const { return out.path() + "/report.html"; }

  TempDir folder;
  TempDir out;
  std::string url = shared_postgres().create_database();
};

TEST_CASE("plan --html shows each file's verdict and locks") {
  const Scene scene;
  const auto plan = scene.call({"migrate", "plan", "--html", scene.file()});
  CHECK_MESSAGE(plan.exit_code == 0, plan.err);
  CHECK(has(plan.out, "wrote     " + scene.file()));
  const auto html = read(scene.file());
  check_form(html);
  CHECK(has(html, "<title>Plan of migrations</title>"));
  CHECK(has(html, "2_two"));
  CHECK(has(html, "3_three"));
  CHECK_FALSE(has(html, "1_&lt;b&gt;one"));
  CHECK(has(html, "ACCESS EXCLUSIVE"));
  CHECK(has(html, "readers and writers wait"));
  CHECK(has(html, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  CHECK(has(html, "observed in an empty copy of the schema"));
}

TEST_CASE("status --html counts the states and names the files, and keeps the exit code") {
  const Scene scene;
  const auto status = scene.call({"migrate", "status", "--check", "--html", scene.file(), "--json"});
  CHECK(status.exit_code == 3);
  CHECK(status.out.starts_with("{"));
  const auto html = read(scene.file());
  check_form(html);
  CHECK(has(html, "1_&lt;b&gt;one"));
  CHECK(has(html, ">applied</span></td><td>1</td>"));
  CHECK(has(html, ">pending</span></td><td>2</td>"));
}

TEST_CASE("check-db --html shows what has to be done first, also where there is no connection") {
  const Scene scene;
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", shared_postgres().create_database()}};
  CHECK(run({BIGOCEAN_BINARY, "check-db", "--html", scene.file()}, options).exit_code == 0);
  auto html = read(scene.file());
  check_form(html);
  CHECK(has(html, ">ready</span>"));
  CHECK(has(html, "<th scope=\"row\">migrations</th>"));
  CHECK(html.find("<th scope=\"row\">migrations</th>") < html.find("<th scope=\"row\">resolve</th>"));

  options.environment = {
      {"DATABASE_URL", "postgresql://me:secret@127.0.0.1:" + std::to_string(free_port()) + "/x"}};
  CHECK(run({BIGOCEAN_BINARY, "check-db", "--html", scene.file()}, options).exit_code == 7);
  html = read(scene.file());
  check_form(html);
  CHECK(has(html, ">not ready</span>"));
  CHECK_FALSE(has(html, "secret"));
}

TEST_CASE("a report that cannot be written is a mistake that is told before any work") {
  const Scene scene;
  for (const std::vector<std::string>& call :
       std::vector<std::vector<std::string>>{{"migrate", "plan"}, {"migrate", "status"}, {"check-db"}}) {
    auto arguments = call;
    arguments.insert(arguments.end(), {"--html", "/no/such/folder/report.html"});
    const auto done = scene.call(arguments);
    CHECK(done.exit_code == 2);
    CHECK(has(done.err, "cannot write /no/such/folder/report.html: there is no folder /no/such/folder"));
    CHECK(done.out.empty());
  }
}

}  // namespace
}  // namespace bigocean::test::html_test
