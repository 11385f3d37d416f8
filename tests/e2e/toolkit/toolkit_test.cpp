// `bigocean` without a product, as -DBIGOCEAN_PRODUCT=OFF builds it: its commands, its settings, and the
// folder that it reads.
#include <doctest/doctest.h>

#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace toolkit_test {

using namespace bigocean::test;

namespace {

constexpr const char* kTable = "-- migrate:up\nCREATE TABLE things (id bigint PRIMARY KEY);\n";

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// A service of somebody else's: its folder, and its database.
struct Service {
  Finished run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), BIGOCEAN_TOOLKIT);
    ProcessOptions options;
    options.environment = {{"DATABASE_URL", url}};
    options.working_directory = folder.path();
    return bigocean::test::run(arguments, options);
  }

  TempDir folder;
  std::string url = shared_postgres().create_database();
};

}  // namespace

TEST_CASE("the toolkit has its own commands and settings, and nothing of the product") {
  const Service service;
  const auto help = service.run({"--help"});
  CHECK(help.exit_code == 0);
  for (const char* command : {"migrate", "check-db", "check-redis", "healthcheck", "config", "completion"})
    CHECK_MESSAGE(contains(help.out, std::string("\n  ") + command + " "), command);
  for (const char* command : {"\n  serve ", "\n  budget "}) CHECK_FALSE(contains(help.out, command));
  CHECK(service.run({"serve"}).exit_code == 2);
  const auto settings = service.run({"config"});
  CHECK(settings.exit_code == 0);
  CHECK(contains(settings.out, "\n[migrate]\n"));
  for (const char* section :
       {"[anthropic]", "[budget]", "[prices]", "[assessment]", "[limits]", "[accounts]", "[pages]"})
    CHECK_FALSE_MESSAGE(contains(settings.out, std::string("\n") + section), section);
  const auto symbols = run({"nm", "-C", BIGOCEAN_TOOLKIT}).out;
  CHECK(contains(symbols, "bigocean::sql::migrate::"));
  for (const char* room :
       {"product", "assessment", "conversation", "budget", "rpc", "llm", "accounts", "pages"})
    CHECK_FALSE_MESSAGE(contains(symbols, std::string("bigocean::server::") + room + "::"), room);
}

TEST_CASE("no page and no file of the pages is in the toolkit, and all are in the product") {
  const auto holds = [](const std::string& program, const std::string& text) {
    return run({"grep", "-qaF", text, program}).exit_code == 0;
  };
  // Of the page, its style sheet, its script and a card's drawing. (The toolkit's own reports are pages,
  // too.)
  for (const char* text : {"script type=\"module\"", ".bubble", "bigocean.conversations", "IHDR"}) {
    CAPTURE(text);
    CHECK_FALSE(holds(BIGOCEAN_TOOLKIT, text));
    CHECK(holds(BIGOCEAN_BINARY, text));
  }
}

TEST_CASE("the toolkit takes the one usual folder that is there, and says so") {
  const Service service;
  const auto none = service.run({"migrate"});
  CHECK(none.exit_code == 2);
  CHECK(contains(none.err, "no folder of migrations is set"));
  CHECK(contains(none.err, "--dir FOLDER"));

  service.folder.write("db/migrations/1_things.sql", kTable);
  const auto applied = service.run({"migrate"});
  CHECK_MESSAGE(applied.exit_code == 0, applied.err);
  CHECK(contains(applied.out + applied.err,
                 "files in db/migrations, the usual folder, since no folder is set"));
  CHECK(query(service.url, "SELECT to_regclass('things') IS NOT NULL")[0][0] == "t");
  CHECK(service.run({"migrate", "status", "--check"}).exit_code == 0);

  service.folder.write("migrations/1_things.sql", kTable);
  const auto two = service.run({"migrate"});
  CHECK(two.exit_code == 2);
  CHECK(service.run({"migrate", "--dir", "migrations"}).exit_code == 0);
}

TEST_CASE("the toolkit's check-db skips the migrations where there are none") {
  const Service service;
  const auto checked = service.run({"check-db"});
  CHECK_MESSAGE(checked.exit_code == 0, checked.out);
  CHECK(contains(checked.out, "no folder of migrations is set"));
}

}  // namespace toolkit_test
