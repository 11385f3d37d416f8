// ARCHITECTURE.md's table of libraries, held against scripts/packages and against who includes what.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace packages_test {

namespace {

namespace fs = std::filesystem;

const fs::path kRoot(BIGOCEAN_SOURCE_DIR);

struct Library {
  std::string package;
  std::string header;  ///< how the includes begin
  std::vector<std::string> places;
};

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(kRoot / path, std::ios::binary).rdbuf();
  return text.str();
}

/// The rows "| `package` | `header` | `place` `place` | reason |".
std::vector<Library> libraries_in(const std::string& page) {
  static const std::regex kRow(R"(\n\| `([^`]+)` \| `([^`]+)` \| ((?:`[^`]+` ?)+) \| [^|]+ \|(?=\n))");
  static const std::regex kPlace("`([^`]+)`");
  std::vector<Library> found;
  for (std::sregex_iterator row(page.begin(), page.end(), kRow), end; row != end; ++row) {
    Library library{(*row)[1], (*row)[2], {}};
    const std::string places = (*row)[3];
    for (std::sregex_iterator place(places.begin(), places.end(), kPlace); place != end; ++place)
      library.places.push_back((*place)[1]);
    found.push_back(std::move(library));
  }
  return found;
}

/// The libraries among the packages that a build or a test needs: those with headers.
std::set<std::string> packages_in(const std::string& list) {
  static const std::regex kRow(R"(\n(\S+-dev) +(?:[a-z ]*\b)?(?:build|test)\b)");
  std::set<std::string> found;
  for (std::sregex_iterator row(list.begin(), list.end(), kRow), end; row != end; ++row)
    found.insert((*row)[1]);
  return found;
}

struct Source {
  std::string path;
  std::string text;
};

std::vector<Source> all_sources() {
  std::vector<Source> found;
  for (const char* folder : {"base", "config", "redis", "sql", "server", "cli", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      const auto path = entry.path().lexically_relative(kRoot);
      if (path.extension() == ".cpp" || path.extension() == ".hpp") found.push_back({path, read(path)});
    }
  }
  return found;
}

bool is_below(const std::string& path, const std::string& folder) { return path.starts_with(folder + "/"); }

/// What the table and the includes say differently, in words.
std::vector<std::string> differences(const Library& library, const std::vector<Source>& sources) {
  std::vector<std::string> found;
  std::set<std::string> unused(library.places.begin(), library.places.end());
  for (const auto& [path, text] : sources) {
    if (text.find("\n#include <" + library.header) == std::string::npos) continue;
    const auto place = std::find_if(library.places.begin(), library.places.end(),
                                    [&, &path = path](const auto& folder) { return is_below(path, folder); });
    if (place == library.places.end()) {
      found.push_back(path + " is no place of " + library.package);
    } else {
      unused.erase(*place);
    }
  }
  for (const auto& folder : unused) found.push_back(folder + " has no need of " + library.package);
  return found;
}

}  // namespace

TEST_CASE("ARCHITECTURE.md has the place of every library in scripts/packages, and of no other") {
  const auto libraries = libraries_in(read("ARCHITECTURE.md"));
  std::set<std::string> named;
  for (const auto& library : libraries) {
    CAPTURE(library.package);
    CHECK(named.insert(library.package).second);
  }
  const auto listed = packages_in(read("scripts/packages"));
  CHECK(listed.size() > 10);
  for (const auto& package : listed) CHECK_MESSAGE(named.contains(package), package << " has no row");
  for (const auto& package : named) CHECK_MESSAGE(listed.contains(package), package << " is not installed");
}

TEST_CASE("a library is included in its places, and nowhere else") {
  const auto sources = all_sources();
  for (const auto& library : libraries_in(read("ARCHITECTURE.md"))) {
    for (const auto& difference : differences(library, sources)) FAIL_CHECK(difference);
  }
}

TEST_CASE("a missing row, a row too many, and a library out of its place are found") {
  const auto libraries = libraries_in("\n| `a-dev` | `a/` | `base` `sql/lint` | it counts |\n");
  REQUIRE(libraries.size() == 1);
  CHECK(libraries[0].places == std::vector<std::string>{"base", "sql/lint"});
  CHECK(packages_in("\n# a-dev build\na-dev    build\nb-dev  up test bench\nc  build\nd-dev  bench\n") ==
        std::set<std::string>{"a-dev", "b-dev"});
  CHECK(differences(libraries[0],
                    {{"base/x.cpp", "\n#include <a/b.h>"}, {"cli/y.cpp", "\n#include <a/c.h>"}}) ==
        std::vector<std::string>{"cli/y.cpp is no place of a-dev", "sql/lint has no need of a-dev"});
}

}  // namespace packages_test
