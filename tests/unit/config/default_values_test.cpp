// The tables that the build makes from the default.toml files equal what the settings' own reader finds
// there.
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "config/default_values.hpp"
#include "config/fault.hpp"
#include "config/setting.hpp"
#include "config/toml_file.hpp"

namespace default_values_test {

using namespace bigocean::config;

TEST_CASE("a floor's default.toml has no fault, and is what was built in") {
  const char* files[] = {"config/default.toml", "server/product/default.toml"};
  REQUIRE(floors().size() == std::size(files));
  std::size_t count = 0;
  for (std::size_t i = 0; i < floors().size(); ++i) {
    CAPTURE(files[i]);
    std::ifstream in(std::string(BIGOCEAN_SOURCE_DIR) + "/" + files[i]);
    REQUIRE(in);
    std::ostringstream text;
    text << in.rdbuf();
    Faults faults;
    std::map<std::string, std::string> read, built_in;
    for (const auto& [key, value] : parse_toml(text.str(), files[i], faults)) read[key] = value.text;
    CHECK_NOTHROW(faults.throw_if_any());
    std::string previous;
    for (const auto& [key, value] : floors()[i].defaults) {
      CHECK(previous < key);
      previous = key;
      built_in[std::string(key)] = value;
    }
    CHECK(read == built_in);
    count += read.size();
  }
  CHECK(count > 100);
}

}  // namespace default_values_test
