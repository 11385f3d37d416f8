// The table that the build makes of config/default.toml is what the settings' own reader finds there.
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "config/default_values.hpp"
#include "config/fault.hpp"
#include "config/toml_file.hpp"

namespace default_values_test {

using namespace bigocean::config;

TEST_CASE("config/default.toml has no fault, and is what was built in") {
  std::ifstream in(BIGOCEAN_SOURCE_DIR "/config/default.toml");
  REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  Faults faults;
  std::map<std::string, std::string> read, built_in;
  for (const auto& [key, value] : parse_toml(text.str(), "config/default.toml", faults))
    read[key] = value.text;
  CHECK_NOTHROW(faults.throw_if_any());
  std::string previous;
  for (const auto& [key, value] : default_values()) {
    CHECK(previous < key);
    previous = key;
    built_in[std::string(key)] = value;
  }
  CHECK(read.size() > 100);
  CHECK(read == built_in);
}

}  // namespace default_values_test
