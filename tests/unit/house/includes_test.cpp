// The structure of the code as a test: which folder may include which, how large a folder may be, and the
// form of a file.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace includes_test {

namespace {

namespace fs = std::filesystem;

/// Who may include what: a folder, and the folders beside its own that it may look into. "x/*" is x with all
/// below it. Every folder is in the table; a folder that stands for itself only knows base and config.
const std::vector<std::pair<std::string, std::set<std::string>>> kArrows{
    {"base", {}},
    {"base/net", {"base"}},
    {"config", {"base"}},
    {"redis", {"base/*", "config"}},
    // PostgreSQL: the connection, the engine from its files to its commands, what is said of a database.
    {"sql/postgres", {"base/*", "config"}},
    {"sql/migrate/source", {"base"}},
    {"sql/migrate/formats", {"base", "config", "sql/migrate/source"}},
    {"sql/migrate/adopt", {"base", "config", "sql/postgres", "sql/migrate/source", "sql/migrate/formats"}},
    {"sql/migrate/history", {"base", "config", "sql/postgres", "sql/migrate/source", "sql/migrate/formats"}},
    {"sql/migrate/run", {"base", "config", "sql/postgres", "sql/migrate/source", "sql/migrate/history"}},
    {"sql/migrate", {"base", "config", "sql/postgres", "sql/migrate/*"}},
    {"sql/lint", {"base", "sql/postgres", "sql/migrate/*"}},
    {"sql/drift", {"base", "config", "sql/postgres", "sql/migrate/*", "sql/lint"}},
    {"sql/check/deep", {"base", "sql/postgres"}},
    {"sql/check", {"base", "config", "sql/postgres", "sql/migrate/*", "sql/check/deep"}},
    {"sql/preview", {"base", "config", "sql/postgres", "sql/migrate/*", "sql/lint", "sql/drift"}},
    // The service kit: HTTP in both directions, readiness, logs and metrics, and the service that has them
    // all.
    {"server/http", {"base/*", "config", "sql/postgres"}},
    {"server/fetch", {"base/*", "config", "server/http"}},
    {"server/readiness", {"base", "config", "server/http", "server/fetch"}},
    {"server/observe", {"base", "config", "server/http", "server/fetch", "server/readiness"}},
    {"server/service",
     {"base", "config", "redis", "sql/*", "server/http", "server/readiness", "server/observe"}},
    {"server/accounts", {"base/*", "config", "server/fetch"}},
    {"server/llm", {"base", "config", "server/http", "server/fetch"}},
    // The product.
    {"server/product/settings", {"base", "config", "server/accounts", "server/llm"}},
    {"server/product/assessment", {"base", "server/llm"}},
    {"server/product/assessment/languages", {"server/product/assessment"}},
    {"server/product/budget",
     {"base", "redis", "sql/postgres", "server/http", "server/observe", "server/llm",
      "server/product/settings"}},
    {"server/product/rpc",
     {"base", "server/http", "server/accounts", "server/llm", "server/product/assessment",
      "server/product/budget", "server/product/settings"}},
    {"server/product/pages",
     {"base", "server/http", "server/product/assessment", "server/product/rpc", "server/product/settings"}},
    {"server/product/conversation",
     {"base", "sql/postgres", "server/http", "server/accounts", "server/llm", "server/product/*"}},
    {"server/product", {"base", "config", "server/*"}},
    // Commands.
    {"cli", {"base", "config"}},
    {"cli/check", {"base", "cli", "redis", "sql/*", "server/readiness", "server/observe"}},
    {"cli/migrate", {"base", "config", "cli", "sql/*", "server/http", "server/observe"}},
    {"cli/product", {"base", "cli/*", "server/*"}},
    {"cli/toolkit", {"cli/*", "config", "sql/*"}},
    // The toolkit as a library; what is below is installed and includes only itself.
    {"cli/launcher", {}},
    {"cli/library", {"base", "config", "redis", "sql/*", "cli/library/bigocean"}},
    {"cli/library/bigocean", {}},
};

constexpr std::size_t kLinesMax = 400;

struct Source {
  std::string path;  ///< from the root: "sql/connection.cpp"
  std::string text;
};

const std::vector<std::string> kFloors{"base", "config", "redis", "sql", "server", "cli"};

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash);
}

/// Whether `folder` is one of `allowed`, which may end in "/*".
bool is_among(const std::string& folder, const std::set<std::string>& allowed) {
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& one) {
    if (!one.ends_with("/*")) return one == folder;
    const auto top = one.substr(0, one.size() - 2);
    return folder == top || folder.starts_with(top + "/");
  });
}

const std::set<std::string>* allowed_for(const std::string& folder) {
  const auto row =
      std::find_if(kArrows.begin(), kArrows.end(), [&](const auto& arrow) { return arrow.first == folder; });
  return row == kArrows.end() ? nullptr : &row->second;
}

struct Include {
  int line = 0;
  std::string path;
};

std::vector<Include> includes_of(const Source& source) {
  static const std::regex kInclude("^[ \t]*#[ \t]*include[ \t]*\"([^\"]+)\"");
  std::vector<Include> found;
  std::istringstream lines(source.text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::smatch match;
    if (!std::regex_search(line, match, kInclude)) continue;
    const auto path = match[1].str();  // public headers are written as they are installed
    found.push_back({number, path.starts_with("bigocean/") ? "cli/library/" + path : path});
  }
  return found;
}

/// A line for each include that no arrow allows, or that is not written from the root.
std::vector<std::string> wrong_includes(const Source& source) {
  const auto folder = folder_of(source.path);
  const auto* allowed = allowed_for(folder);
  if (allowed == nullptr) return {source.path + ": " + folder + " is not in the table of arrows"};
  std::vector<std::string> faults;
  for (const auto& [line, path] : includes_of(source)) {
    const auto target = folder_of(path);
    if (target == folder || is_among(target, *allowed)) continue;
    faults.push_back(source.path + ":" + std::to_string(line) + ": " + folder + " must not include \"" +
                     path + "\"");
  }
  return faults;
}

/// Folders that reach themselves by the includes of others: "a -> b -> a".
std::vector<std::string> circles(const std::vector<Source>& sources) {
  std::map<std::string, std::set<std::string>> arrows;
  for (const auto& source : sources) {
    for (const auto& include : includes_of(source)) {
      if (folder_of(include.path) != folder_of(source.path))
        arrows[folder_of(source.path)].insert(folder_of(include.path));
    }
  }
  std::vector<std::string> found;
  std::set<std::string> done;
  std::vector<std::string> way;
  const std::function<void(const std::string&)> visit = [&](const std::string& folder) {
    if (const auto at = std::find(way.begin(), way.end(), folder); at != way.end()) {
      std::string circle;
      for (auto step = at; step != way.end(); ++step) circle += *step + " -> ";
      found.push_back(circle + folder);
      return;
    }
    if (!done.insert(folder).second) return;
    way.push_back(folder);
    for (const auto& next : arrows[folder]) visit(next);
    way.pop_back();
  };
  for (const auto& source : sources) visit(folder_of(source.path));
  return found;
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

/// Of all floors.
std::vector<Source> all_sources() {
  std::vector<Source> sources;
  for (const auto& floor : kFloors) {
    auto more = sources_below(floor);
    std::move(more.begin(), more.end(), std::back_inserter(sources));
  }
  return sources;
}

void expect_none(const std::vector<std::string>& faults) {
  for (const auto& fault : faults) FAIL_CHECK(fault);
}

}  // namespace

TEST_CASE("includes follow the arrows, and every arrow is needed") {
  const auto sources = all_sources();
  for (const auto& source : sources) expect_none(wrong_includes(source));
  CHECK(kArrows.size() <= 40);
  for (const auto& [folder, allowed] : kArrows) {
    std::set<std::string> used;
    for (const auto& source : sources) {
      if (folder_of(source.path) != folder) continue;
      for (const auto& include : includes_of(source)) used.insert(folder_of(include.path));
    }
    for (const auto& one : allowed) {
      CHECK_MESSAGE(
          std::any_of(used.begin(), used.end(), [&](const auto& it) { return is_among(it, {one}); }),
          folder << " includes nothing of " << one);
    }
  }
}

TEST_CASE("no two folders include each other, by whatever way") { expect_none(circles(all_sources())); }

TEST_CASE("an include that no arrow allows is found") {
  const auto count = [](const char* path, const char* text) { return wrong_includes({path, text}).size(); };
  CHECK(count("sql/check/a.cpp",
              "#include \"base/error.hpp\"\n#include \"sql/check/b.hpp\"\n#include <server/x>\n") == 0);
  CHECK(count("base/a.cpp", "#include \"config/settings.hpp\"\n") == 1);
  CHECK(count("config/a.hpp", "  # include \"cli/command.hpp\"\n") == 1);
  CHECK(count("sql/migrate/run/a.cpp", "#include \"redis/client.hpp\"\n") == 1);
  CHECK(count("sql/migrate/source/a.cpp", "#include \"sql/migrate/engine.hpp\"\n") == 1);
  CHECK(count("redis/a.cpp", "#include \"sql/postgres/connection.hpp\"\n#include \"server/b.hpp\"\n") == 2);
  CHECK(count("server/http/a.cpp", "#include \"server/product/product.hpp\"\n") == 1);
  CHECK(count("cli/a.cpp", "#include \"tests/support/process.hpp\"\n") == 1);
  CHECK(count("cli/a.cpp", "#include \"command.hpp\"\n") == 1);
  CHECK(count("sql/new/a.cpp", "") == 1);
  CHECK(wrong_includes({"base/a.cpp", "\n#include \"sql/x.hpp\"\n"}).front() ==
        "base/a.cpp:2: base must not include \"sql/x.hpp\"");
}

TEST_CASE("a circle of folders is found") {
  CHECK(circles({{"a/1.cpp", "#include \"b/1.hpp\"\n"}, {"b/1.hpp", "#include \"c/1.hpp\"\n"}}).empty());
  CHECK(circles({{"a/1.cpp", "#include \"b/1.hpp\"\n"},
                 {"b/1.hpp", "#include \"c/1.hpp\"\n"},
                 {"c/1.hpp", "#include \"a/2.hpp\"\n"}}) == std::vector<std::string>{"a -> b -> c -> a"});
}

TEST_CASE("no folder is a warehouse") {
  constexpr std::size_t kSourcesMax = 25;
  constexpr std::size_t kFilesMax = 40;
  std::map<std::string, std::size_t> sources, files, lines;
  std::size_t all_lines = 0;
  for (const auto& source : all_sources()) {
    const auto folder = folder_of(source.path);
    ++files[folder];
    if (source.path.ends_with(".cpp")) ++sources[folder];
    const auto count = static_cast<std::size_t>(std::count(source.text.begin(), source.text.end(), '\n'));
    all_lines += count;
    // By the second level, with all that is below it.
    const auto second = folder.find('/', folder.find('/') + 1);
    if (folder.find('/') != folder.npos) lines[folder.substr(0, second)] += count;
  }
  for (const auto& [folder, count] : sources) CHECK_MESSAGE(count <= kSourcesMax, folder << ": " << count);
  for (const auto& [folder, count] : files) CHECK_MESSAGE(count <= kFilesMax, folder << ": " << count);
  for (const auto& [folder, count] : lines) {
    const auto percent = 100.0 * static_cast<double>(count) / static_cast<double>(all_lines);
    CHECK_MESSAGE(percent <= 25, folder << ": " << percent << " % of the lines");
  }
}

TEST_CASE("what is thrown and caught is a std::exception") {
  const auto sources = all_sources();
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
