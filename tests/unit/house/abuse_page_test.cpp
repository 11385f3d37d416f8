// docs/abuse.md agrees with the settings, with what follows from them, and with the tests that it names.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

namespace bigocean::abuse_page_test {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(fs::path(BIGOCEAN_SOURCE_DIR) / path, std::ios::binary).rdbuf();
  REQUIRE(!text.str().empty());
  return text.str();
}

/// The default of a setting, out of the files that have them.
double default_of(const std::string& section, const std::string& name) {
  static const auto toml = read("config/default.toml") + read("server/product/default.toml");
  const auto from = toml.find("[" + section + "]");
  REQUIRE(from != std::string::npos);
  const auto block = toml.substr(from, toml.find("\n[", from) - from);
  std::smatch match;
  REQUIRE_MESSAGE(std::regex_search(block, match, std::regex("\\n" + name + " = \"?([0-9.]+)")), name);
  return std::strtod(match[1].str().c_str(), nullptr);
}

bool is_a_test(const std::string& program, const std::string& name) {
  const auto cut = program.find('_');
  const auto folder =
      fs::path(BIGOCEAN_SOURCE_DIR) / "tests" / program.substr(0, cut) / program.substr(cut + 1);
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    if (text.str().find("TEST_CASE(\"" + name) != std::string::npos) return true;
  }
  return false;
}

TEST_CASE("docs/abuse.md names tests that there are") {
  const auto page = read("docs/abuse.md");
  const std::regex reference("`((?:integration|e2e|unit)_[a-z]+)`, \\*([^*]+)\\*");
  int count = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), reference), end; it != end; ++it, ++count)
    CHECK_MESSAGE(is_a_test((*it)[1], (*it)[2]), (*it)[2].str());
  CHECK(count >= 8);
}

TEST_CASE("docs/abuse.md has the defaults in its table, each beside its setting") {
  const auto page = read("docs/abuse.md");
  const std::regex row("\\| ([^|]*[0-9][^|]*) \\| `(budget|limits)\\.([a-z_]+)` \\|");
  int count = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), row), end; it != end; ++it, ++count) {
    const auto cell = (*it)[1].str();
    const auto figure = cell.substr(cell.find_first_of("0123456789"));
    CHECK_MESSAGE(std::strtod(figure.c_str(), nullptr) == doctest::Approx(default_of((*it)[2], (*it)[3])),
                  cell);
  }
  CHECK(count == 7);
}

TEST_CASE("docs/abuse.md derives rightly what an attack can cost") {
  const auto page = read("docs/abuse.md");
  const double service = default_of("budget", "service_day");
  const double address = default_of("budget", "address_day");
  const double network =
      default_of("limits", "assessments_per_network_day") * default_of("budget", "session");
  const auto has = [&](const std::string& text) { CHECK_MESSAGE(page.find(text) != page.npos, text); };
  const auto whole = [](double value) { return std::to_string(std::lround(value)); };
  has("so $" + whole(network) + " at $0.15 each");
  has("With one address " + whole(100 * address / service) + " % of the day's money");
  has("with one /48 or /24 " + whole(100 * network / service) + " % ($" + whole(network));
  has("takes " + whole(std::ceil(service / address)) + " addresses in at least " +
      whole(std::ceil(service / network)) + " networks");
  has("1,200 requests a minute from one address");
  CHECK(default_of("limits", "requests_per_address_minute") == 1200);
  has("a quarter of all requests in work");
  CHECK(default_of("server", "requests_per_client_percent_max") == 25);
}

}  // namespace
}  // namespace bigocean::abuse_page_test
