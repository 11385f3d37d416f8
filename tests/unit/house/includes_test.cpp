// The floors of the house: includes point downwards only, and files keep the house's form.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace includes_test {

namespace {

namespace fs = std::filesystem;

/// What each floor may include, besides itself. ARCHITECTURE.md has the picture.
const std::map<std::string, std::set<std::string>> kBelow{
    {"base", {}},
    {"config", {"base"}},
    {"sql", {"config", "base"}},
    {"redis", {"config", "base"}},
    {"server", {"sql", "redis", "config", "base"}},
    {"cli", {"server", "sql", "redis", "config", "base"}},
};

constexpr std::size_t kLinesMax = 400;

struct Source {
  std::string path;  ///< from the root: "sql/connection.cpp"
  std::string text;
};

std::string floor_of(const std::string& path) { return path.substr(0, path.find('/')); }

/// A line for each include that goes up, sideways, or is not written from the root.
std::vector<std::string> wrong_includes(const Source& source) {
  static const std::regex kInclude("^[ \t]*#[ \t]*include[ \t]*\"([^\"]+)\"");
  std::vector<std::string> faults;
  const auto& below = kBelow.at(floor_of(source.path));
  std::istringstream lines(source.text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::smatch match;
    if (!std::regex_search(line, match, kInclude)) continue;
    const std::string target = floor_of(match[1]);
    if (target == floor_of(source.path) || below.contains(target)) continue;
    faults.push_back(source.path + ":" + std::to_string(number) + ": " + floor_of(source.path) +
                     " must not include \"" + match[1].str() + "\"");
  }
  return faults;
}

/// A line for each breach of form.
std::vector<std::string> wrong_form(const Source& source) {
  std::vector<std::string> faults;
  if (!source.text.starts_with("// "))
    faults.push_back(source.path + ": the first line must say the file's job");
  const auto lines = static_cast<std::size_t>(std::count(source.text.begin(), source.text.end(), '\n'));
  if (lines > kLinesMax)
    faults.push_back(source.path + ": " + std::to_string(lines) + " lines, 400 are allowed");
  if (source.text.find('\t') != source.text.npos) faults.push_back(source.path + ": has a tab");
  if (source.text.find('\r') != source.text.npos) faults.push_back(source.path + ": has a CR");
  if (!source.text.ends_with('\n')) faults.push_back(source.path + ": does not end with a line end");
  // Folders of somebody's machine; cut in two so that this file does not match itself.
  for (const std::string folder : {"/wo"
                                   "rk/",
                                   "/ho"
                                   "me/",
                                   "/ro"
                                   "ot/",
                                   "/Us"
                                   "ers/"}) {
    if (source.text.find('"' + folder) != source.text.npos)
      faults.push_back(source.path + ": names a folder of one machine");
  }
  return faults;
}

std::vector<Source> sources_below(const std::string& folder) {
  std::vector<Source> sources;
  const fs::path root(BIGOCEAN_SOURCE_DIR);
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    const auto extension = entry.path().extension();
    if (!entry.is_regular_file() || (extension != ".cpp" && extension != ".hpp")) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    sources.push_back({entry.path().lexically_relative(root).string(), text.str()});
  }
  return sources;
}

void expect_none(const std::vector<std::string>& faults) {
  for (const auto& fault : faults) FAIL_CHECK(fault);
}

}  // namespace

TEST_CASE("includes point downwards only") {
  for (const auto& [floor, below] : kBelow) {
    const auto sources = sources_below(floor);
    CHECK_MESSAGE(!sources.empty(), floor);
    for (const auto& source : sources) expect_none(wrong_includes(source));
  }
}

TEST_CASE("an include that runs up or sideways is found") {
  const auto count = [](const char* path, const char* text) { return wrong_includes({path, text}).size(); };
  CHECK(count("sql/a.cpp", "#include \"base/error.hpp\"\n#include \"sql/b.hpp\"\n#include <server/x>\n") ==
        0);
  CHECK(count("base/a.cpp", "#include \"config/settings.hpp\"\n") == 1);
  CHECK(count("config/a.hpp", "  # include \"cli/command.hpp\"\n") == 1);
  CHECK(count("sql/migrate/a.cpp", "#include \"redis/client.hpp\"\n") == 1);
  CHECK(count("redis/a.cpp", "#include \"sql/connection.hpp\"\n#include \"server/b.hpp\"\n") == 2);
  CHECK(count("server/a.cpp", "#include \"cli/help.hpp\"\n") == 1);
  CHECK(count("cli/a.cpp", "#include \"tests/support/process.hpp\"\n") == 1);
  CHECK(count("cli/a.cpp", "#include \"command.hpp\"\n") == 1);
  CHECK(wrong_includes({"base/a.cpp", "\n#include \"sql/x.hpp\"\n"}).front() ==
        "base/a.cpp:2: base must not include \"sql/x.hpp\"");
}

TEST_CASE("what is thrown and caught is a std::exception") {
  std::vector<Source> sources;
  for (const char* floor : {"base", "config", "sql", "redis", "server", "cli"}) {
    auto more = sources_below(floor);
    std::move(more.begin(), more.end(), std::back_inserter(sources));
  }
  const auto names = [&](const std::string& pattern) {
    std::set<std::string> found;
    const std::regex expression(pattern);
    for (const auto& source : sources) {
      for (std::sregex_iterator at(source.text.begin(), source.text.end(), expression), end; at != end; ++at)
        found.insert((*at)[1].str());
    }
    return found;
  };
  const auto without_base = names("\\n *(?:struct|class) (\\w+) \\{");
  auto used = names("throw (?:\\w+::)*(\\w+)[({]");
  used.merge(names("catch \\((?:const )?(?:\\w+::)*(\\w+)&"));
  CHECK(used.contains("SqlError"));
  CHECK(without_base.contains("Token"));
  for (const auto& name : used) CHECK_MESSAGE(!without_base.contains(name), name);
}

TEST_CASE("files say their job first, stay small, and know no machine") {
  for (const char* folder : {"base", "config", "sql", "redis", "server", "cli", "tests"}) {
    for (const auto& source : sources_below(folder)) expect_none(wrong_form(source));
  }
}

// Sources of a folder are compiled together (cmake/unity.cmake), where a file's own constant would hide a
// header's.
TEST_CASE("a file's own constants have other names than those of the headers beside it") {
  static const std::regex kConstant("(?:^|\\n)(?:inline )?constexpr [^=({;]*\\b(k[A-Z]\\w*)");
  std::map<std::string, std::map<std::string, std::string>> of_headers;  // by folder: name → file
  std::vector<Source> all;
  for (const char* folder : {"base", "config", "sql", "redis", "server", "cli", "tests"}) {
    for (auto& source : sources_below(folder)) all.push_back(std::move(source));
  }
  const auto each = [](const Source& source, const auto& use) {
    for (std::sregex_iterator at(source.text.begin(), source.text.end(), kConstant), end; at != end; ++at)
      use(fs::path(source.path).parent_path().string(), (*at)[1].str());
  };
  for (const auto& source : all) {
    if (!source.path.ends_with(".hpp")) continue;
    each(source,
         [&](const auto& folder, const auto& name) { of_headers[folder].emplace(name, source.path); });
  }
  CHECK(of_headers["config"].contains("kDay"));
  for (const auto& source : all) {
    if (!source.path.ends_with(".cpp")) continue;
    each(source, [&](const auto& folder, const auto& name) {
      CHECK_MESSAGE(!of_headers[folder].contains(name),
                    source.path << ": " << name << " hides that of " << of_headers[folder][name]);
    });
  }
}

TEST_CASE("a breach of form is found") {
  const auto count = [](const std::string& text) { return wrong_form({"base/a.cpp", text}).size(); };
  CHECK(count("// Job.\nint x;\n") == 0);
  CHECK(count("#pragma once\n") == 1);
  CHECK(count("// Job.\n" + std::string(400, '\n')) == 1);
  CHECK(count("// Job.\n\tint x;\n") == 1);
  CHECK(count("// Job.\nint x;") == 1);
  CHECK(count("// Job.\r\n") == 1);
  CHECK(count(std::string("// Job.\nauto p = \"/wo") + "rk/main\";\n") == 1);
}

}  // namespace includes_test
