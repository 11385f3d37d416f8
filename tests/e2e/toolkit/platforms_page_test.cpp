// docs/platforms.md shows the record of a failed migration: it is what a run in production writes.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace platforms_page_test {

using namespace bigocean::test;
using Json = nlohmann::json;

TEST_CASE("docs/platforms.md shows what a failed migration writes in production") {
  std::ostringstream text;
  text << std::ifstream(std::string(BIGOCEAN_SOURCE_DIR) + "/docs/platforms.md").rdbuf();
  const auto page = text.str();
  const auto begin = page.find("```json\n") + 8;
  const Json sample = Json::parse(page.substr(begin, page.find("```", begin) - begin));

  const TempDir folder;
  folder.write(sample.at("file"), "-- migrate:up\nALTER TABLE user ADD COLUMN locale text;\n");
  ProcessOptions options;
  options.working_directory = folder.path();
  options.environment = {{"DATABASE_URL", shared_postgres().create_database()},
                         {"BIGOCEAN_ENV", "production"}};
  const auto done = run({BIGOCEAN_TOOLKIT, "migrate"}, options);
  CHECK(done.exit_code == sample.at("exit_code"));
  const auto lines = done.out + done.err;
  const auto last = lines.rfind("\n{") == lines.npos ? 0 : lines.rfind("\n{") + 1;
  const Json record = Json::parse(lines.substr(last));
  for (const auto& [key, value] : sample.items()) CHECK_MESSAGE(record.at(key) == value, key);
}

}  // namespace platforms_page_test
