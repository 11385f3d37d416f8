// The deploy files, compared with the source: railway.json, Dockerfile, .env.example. The files that other
// tools can read and judge (railway.ts, docker-compose.yml, the workflows) are tested in tests/deploy.
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace deploy_files_test {

namespace {

using nlohmann::json;

std::string read(const std::string& name) {
  std::ifstream in(std::string(BIGOCEAN_SOURCE_DIR) + "/" + name, std::ios::binary);
  REQUIRE_MESSAGE(in, "cannot read " << name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::set<std::string> all_matches(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
    found.insert((*match)[1]);
  return found;
}

}  // namespace

TEST_CASE("railway.json deploys the way the platform wants it") {
  const json configuration = json::parse(read("railway.json"));
  const json& build = configuration.at("build");
  CHECK(build.at("builder") == "DOCKERFILE");
  CHECK(read(build.at("dockerfilePath")).size() > 0);
  const json& deploy = configuration.at("deploy");
  CHECK(deploy.at("preDeployCommand") == json::array({"bigocean migrate"}));
  CHECK(deploy.at("healthcheckPath") == "/ready");
  for (const char* seconds : {"healthcheckTimeout", "overlapSeconds", "drainingSeconds"}) {
    CAPTURE(seconds);
    CHECK(deploy.at(seconds).is_number_integer());
    CHECK(deploy.at(seconds) > 0);
  }
  const std::set<std::string> known = {"startCommand",      "preDeployCommand",  "preDeployTimeoutSeconds",
                                       "numReplicas",       "healthcheckPath",   "healthcheckTimeout",
                                       "sleepApplication",  "restartPolicyType", "restartPolicyMaxRetries",
                                       "multiRegionConfig", "limitOverride",     "requiredMountPath",
                                       "cronSchedule",      "overlapSeconds",    "drainingSeconds"};
  for (const auto& [key, value] : deploy.items()) CHECK_MESSAGE(known.contains(key), key);
}

TEST_CASE("Dockerfile builds a small, closed image") {
  const std::string file = read("Dockerfile");
  CHECK(std::regex_search(file, std::regex("\nARG BASE=debian:[a-z-]+@sha256:[0-9a-f]{64}\n")));
  CHECK(contains(file, "\nFROM scratch\n"));
  CHECK(contains(file, "\nUSER 10001:10001\n"));
  CHECK(contains(file, "\nEXPOSE 4000\n"));
  CHECK(contains(file, "\nSTOPSIGNAL SIGTERM\n"));
  CHECK_FALSE(contains(file, "--mount"));
  CHECK(all_matches(file, "\nARG ([A-Z_]+)") ==
        std::set<std::string>{"BASE", "BIGOCEAN_COMMIT", "BIGOCEAN_VERSION", "RAILWAY_GIT_COMMIT_SHA",
                              "SOURCE_DATE_EPOCH"});
  // Both in exec form: a JSON array, and the process gets the signals itself.
  CHECK(json::parse(*all_matches(file, "\nCMD ([^\n]*)").begin()) == json::array({"bigocean", "serve"}));
  CHECK(json::parse(*all_matches(file, "\n  CMD ([^\n]*)").begin()) ==
        json::array({"/usr/local/bin/bigocean", "healthcheck"}));

  const auto version = all_matches(read("CMakeLists.txt"), R"(project\(bigocean VERSION ([0-9.]+))");
  CHECK(all_matches(file, "\nARG BIGOCEAN_VERSION=([0-9.]+)") == version);
}

TEST_CASE("Dockerfile compiles every floor, each in a layer of its own, the lowest first") {
  const std::string file = read("Dockerfile");
  const std::string project = read("CMakeLists.txt");
  std::size_t last = 0;
  // The order of CMakeLists.txt, save that a change in sql/ shall not compile redis/ again.
  for (const char* floor : {"base", "config", "redis", "sql", "server", "cli"}) {
    CAPTURE(floor);
    const std::string name(floor);
    const auto at = file.find("\nCOPY " + name + " " + name +
                              "\nRUN cmake --build --preset release --target bigocean_" + name + "\n");
    REQUIRE(at != std::string::npos);
    CHECK(at > last);
    last = at;
  }
  CHECK(all_matches(project, R"(\nbigocean_floor\(([a-z]+))").size() == 6);
}

TEST_CASE("Dockerfile brings along the libraries that are loaded by name") {
  const std::string file = read("Dockerfile");
  const std::string sources = read("base/net/openssl.cpp") + read("config/libpq.cpp");
  const auto names = all_matches(sources, R"rx(SharedLibrary\("([^"]+)")rx");
  CHECK(names.size() == 3);
  for (const std::string& name : names) CHECK_MESSAGE(contains(file, "\"" + name + "\""), name);
}

TEST_CASE("Dockerfile installs what scripts/packages says a build needs") {
  CHECK(contains(read("Dockerfile"), "\nCOPY scripts/packages "));
  CHECK(contains(read(".dockerignore"), "\n!scripts/packages\n"));
  CHECK(all_matches(read("scripts/packages"), R"(\n(\S+) +build\b)").contains("g++"));
}

TEST_CASE(".dockerignore lets every floor into the build, and nothing else") {
  const std::string ignore = read(".dockerignore");
  for (const std::string& floor : all_matches(read("CMakeLists.txt"), R"(\nbigocean_floor\(([a-z]+))")) {
    CHECK_MESSAGE(contains(ignore, "\n!" + floor + "\n"), floor);
  }
  CHECK(contains(ignore, "\n*\n"));
}

TEST_CASE(".env.example names only variables that exist") {
  const std::string readme = read("README.md");
  const std::string compose = read("docker-compose.yml");
  const auto names = all_matches("\n" + read(".env.example"), "\n#?([A-Z][A-Z_]+)=");
  CHECK(names.size() >= 10);
  for (const std::string& name : names) {
    CHECK_MESSAGE((contains(readme, "`" + name + "`") || contains(compose, "${" + name + ":-")), name);
  }
  for (const char* secret : {"ANTHROPIC_API_KEY", "SENTRY_DSN"}) {
    CHECK(contains(read(".env.example"), std::string("#") + secret + "=\n"));
  }
}

}  // namespace deploy_files_test
