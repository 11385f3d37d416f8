// The tricky SQL files of tests/fixtures/sql, as bytes.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace bigocean::test {

inline std::string fixture_folder() { return BIGOCEAN_SOURCE_DIR "/tests/fixtures/sql"; }

inline std::vector<std::string> fixture_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(fixture_folder()))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

inline std::string read_fixture(const std::string& name) {
  std::ifstream file(fixture_folder() + "/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read the fixture " + name);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

}  // namespace bigocean::test
