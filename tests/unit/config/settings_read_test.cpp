// Every setting is read by code outside of config/: a setting that nothing reads has no effect.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "config/settings.hpp"

namespace bigocean::config::settings_read_test {
namespace {

namespace fs = std::filesystem;

/// Settings that are told to us by the platform and only shown, by `bigocean config`.
const std::set<std::string> kShown{"railway.deployment_id", "railway.public_domain",
                                   "railway.private_domain"};

std::string code_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::regex_replace(text.str(), std::regex("//[^\n]*"), "");
}

/// Code outside of config/, header and source of one name together.
std::map<std::string, std::string> all_code() {
  std::map<std::string, std::string> code;
  for (const auto* floor : {"base", "sql", "redis", "server", "cli"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(BIGOCEAN_SOURCE_DIR) / floor)) {
      const auto extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      code[fs::path(entry.path()).replace_extension().string()] += code_of(entry.path());
    }
  }
  return code;
}

/// "prices" → "Prices": the struct of a section.
std::string struct_of(std::string section) {
  section[0] = static_cast<char>(section[0] - 'a' + 'A');
  return "Settings::" + section;
}

struct Key {
  std::string section;
  std::string name;
};

Key split(std::string_view key) {
  const auto dot = key.find('.');
  return {std::string(key.substr(0, dot)), std::string(key.substr(dot + 1))};
}

/// `section.name` anywhere; `.name` where nothing else has that name, or in code that is given the section.
bool is_read(const Key& key, bool is_only_one, const std::map<std::string, std::string>& code) {
  const std::regex by_section("\\b" + key.section + "_?\\." + key.name + "\\b");
  const std::regex by_name("(\\.|->)" + key.name + "\\b");
  for (const auto& [path, text] : code) {
    if (text.find(key.name) == text.npos) continue;
    if (std::regex_search(text, by_section)) return true;
    const bool is_given = text.find(struct_of(key.section)) != text.npos;
    if ((is_only_one || is_given) && std::regex_search(text, by_name)) return true;
  }
  return false;
}

TEST_CASE("no setting is left that no code reads") {
  const auto code = all_code();
  std::map<std::string, int> names;
  for (const auto& info : setting_table()) ++names[split(info.key).name];
  CHECK(names.size() > 50);
  for (const auto& info : setting_table()) {
    const auto key = split(info.key);
    if (kShown.contains(std::string(info.key))) continue;
    CHECK_MESSAGE(is_read(key, names[key.name] == 1, code), info.key << " is read by nothing");
  }
  // The test itself would find one.
  CHECK(!is_read({"server", "no_such_setting"}, true, code));
}

}  // namespace
}  // namespace bigocean::config::settings_read_test
