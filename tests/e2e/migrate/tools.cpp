// Other migration tools, installed by npm.
#include "tests/e2e/migrate/tools.hpp"

#include <doctest/doctest.h>

#include "base/text.hpp"

namespace bigocean::test {
namespace {

/// A program of node_modules/.bin, where npm has put the tools.
std::string tool(const std::string& name) {
  static const std::string folder = [] {
    const auto done = run({BIGOCEAN_SOURCE_DIR "/scripts/migration-tools"}, {}, std::chrono::minutes(5));
    REQUIRE_MESSAGE(done.exit_code == 0, said(done));
    return std::string(bigocean::base::trim(done.out));
  }();
  return folder + "/node_modules/.bin/" + name;
}

}  // namespace

std::string url_for_tools(const Scene& scene) {
  return shared_postgres().tcp_url(scene.value("SELECT current_database()")) + "?sslmode=disable";
}

Finished run_tool(const Scene& scene, const std::string& name, const Arguments& arguments,
                  const std::string& working_directory) {
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", url_for_tools(scene)}, {"CI", "1"}};
  options.working_directory = working_directory;
  Arguments argv{tool(name)};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const auto done = run(argv, options, std::chrono::minutes(2));
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  return done;
}

Finished run_drizzle(const Scene& scene, const std::string& module) {
  const auto bin = tool("");
  const auto folder = bin.substr(0, bin.find("/node_modules"));
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", url_for_tools(scene)}};
  options.working_directory = folder;
  return run({"node", folder + "/drizzle-migrate.mjs", module, scene.folder()}, options,
             std::chrono::minutes(2));
}

}  // namespace bigocean::test
