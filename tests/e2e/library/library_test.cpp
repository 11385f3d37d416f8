// The toolkit as an installed library: what is in the package, and a service of somebody else's built against
// it.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace library_test {

using namespace bigocean::test;

namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The package, installed from this build, and the service, built against it. Made once.
struct Installed {
  Installed() {
    const auto must = [](const std::vector<std::string>& command) {
      const auto done = run(command, {}, std::chrono::minutes(4));
      if (done.exit_code != 0) throw std::runtime_error(command[1] + ": " + done.out + done.err);
    };
    must({"cmake", "--install", BIGOCEAN_BUILD_DIR, "--prefix", prefix, "--component", "library"});
    must({"cmake", "-G", "Ninja", "-S", BIGOCEAN_SOURCE_DIR "/tests/library", "-B", build,
          "-DCMAKE_PREFIX_PATH=" + prefix});
    must({"cmake", "--build", build});
  }

  Finished serve(const std::string& url) const {
    ProcessOptions options;
    options.environment = {{"DATABASE_URL", url}, {"BIGOCEAN_MIGRATE_DIR", "/nonexistent"}};
    return run({build + "/foreign_service"}, options);
  }

  TempDir folder;
  std::string prefix = folder.path() + "/usr";
  std::string build = folder.path() + "/build";
};

const Installed& installed() {
  static const Installed made;
  return made;
}

std::set<std::string> files_below(const std::string& folder) {
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) found.insert(fs::relative(entry.path(), folder).string());
  }
  return found;
}

}  // namespace

TEST_CASE("the package is one archive, three headers and its CMake files") {
  CHECK(files_below(installed().prefix) ==
        std::set<std::string>{"include/bigocean/call.hpp", "include/bigocean/check.hpp",
                              "include/bigocean/migrate.hpp", "lib/libbigocean.a",
                              "lib/cmake/bigocean/bigocean-config-version.cmake",
                              "lib/cmake/bigocean/bigocean-config.cmake", "lib/cmake/bigocean/embed.cmake"});
}

TEST_CASE("installed headers include installed headers and the standard library only") {
  static const std::regex kInclude("#include ([<\"][^>\"]+)");
  for (const auto& name : files_below(installed().prefix + "/include")) {
    const auto text = read(fs::path(installed().prefix) / "include" / name);
    CHECK_FALSE(contains(text, "Settings"));
    for (std::sregex_iterator at(text.begin(), text.end(), kInclude), end; at != end; ++at) {
      const std::string path = (*at)[1].str();
      const bool ours =
          path.starts_with("\"bigocean/") && fs::exists(installed().prefix + "/include/" + path.substr(1));
      const bool standard = path.starts_with("<") && !contains(path, ".") && !contains(path, "/");
      CHECK_MESSAGE((ours || standard), (name + ": " + path));
    }
  }
}

TEST_CASE("the installed archive has machine code, and nothing of a product or of link-time optimisation") {
  const auto archive = installed().prefix + "/lib/libbigocean.a";
  const auto sections = run({"readelf", "-SW", archive}).out;
  CHECK(contains(sections, ".text"));
  CHECK_FALSE(contains(sections, ".gnu.lto_"));
  const auto symbols = run({"nm", "-C", "--defined-only", archive}).out;
  CHECK(contains(symbols, "bigocean::migrate("));
  CHECK(contains(symbols, "bigocean::check_redis("));
  for (const char* part : {"bigocean::server::", "bigocean::cli::", " PQconnectdb", "CLI::"})
    CHECK_FALSE_MESSAGE(contains(symbols, part), part);
}

TEST_CASE("a build with link-time optimisation does not install the library, and says which one does") {
  const TempDir folder;
  const auto build = folder.path() + "/build";
  const auto configured =
      run({"cmake", "-G", "Ninja", "-S", BIGOCEAN_SOURCE_DIR, "-B", build, "-DBIGOCEAN_PRODUCT=OFF",
           "-DBIGOCEAN_TESTS=OFF", "-DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON"},
          {}, std::chrono::minutes(2));
  REQUIRE_MESSAGE(configured.exit_code == 0, (configured.out + configured.err));
  const auto installed =
      run({"cmake", "--install", build, "--prefix", folder.path() + "/usr", "--component", "library"});
  CHECK(installed.exit_code != 0);
  CHECK(contains(installed.err, "cmake --preset library"));
  CHECK_FALSE(fs::exists(folder.path() + "/usr"));
}

TEST_CASE("a foreign service that links libpq itself migrates, checks and asks its database") {
  const auto url = shared_postgres().create_database();
  const auto first = installed().serve(url);
  CHECK_MESSAGE(first.exit_code == 0, (first.out + first.err));
  CHECK(first.out ==
        "done 20260101000000_create_orders\ndone 20260102000000_add_first_order\n"
        "applied 2, before 0, fit 1, orders 4200\n");
  CHECK(installed().serve(url).out == "applied 0, before 2, fit 1, orders 4200\n");
  // The same history as the command line's.
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", url}};
  const auto status = run({BIGOCEAN_BINARY, "migrate", "status", "--check", "--dir",
                           BIGOCEAN_SOURCE_DIR "/tests/library/migrations"},
                          options);
  CHECK_MESSAGE(status.exit_code == 0, (status.out + status.err));
}

TEST_CASE("a foreign service hears which migration failed, and why") {
  const auto url = shared_postgres().create_database();
  query(url, "CREATE TYPE orders AS (id text)");  // a type of that name is in the way, and is no table
  const auto failed = installed().serve(url);
  CHECK(failed.exit_code == 5);
  CHECK(failed.out.starts_with("failed 20260101000000_create_orders: "));
  CHECK(contains(failed.out, "relation \"orders\" already exists"));
  CHECK(query(url, "SELECT count(*) FROM bigocean.migrations")[0][0] == "0");

  const auto unreachable = installed().serve("postgresql://app:secret@127.0.0.1:1/app");
  CHECK(unreachable.exit_code == 7);
  CHECK_FALSE(contains(unreachable.out, "secret"));
  CHECK(installed().serve("postgresql://[").exit_code == 2);
}

}  // namespace library_test
