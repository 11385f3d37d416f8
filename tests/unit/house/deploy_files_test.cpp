// The files that deploy us, held against each other and against the source: railway.json,
// .railway/railway.ts, Dockerfile, docker-compose.yml, .env.example.
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

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

/// The object literal after `name: {` as JSON. Reads what the file uses: plain keys, // comments on lines of
/// their own, trailing commas, double-quoted strings without braces. Throws on anything else.
json object_literal(const std::string& script, const std::string& name) {
  std::string code = std::regex_replace(script, std::regex("(^|\n) *//[^\n]*"), "$1");
  const auto begin = code.find(" " + name + ": {");
  if (begin == std::string::npos) throw std::runtime_error("no object " + name);
  const auto open = code.find('{', begin);
  auto end = open;
  for (int depth = 0; end < code.size(); ++end) {
    if (code[end] == '{') ++depth;
    if (code[end] == '}' && --depth == 0) break;
  }
  code = code.substr(open, end - open + 1);
  code = std::regex_replace(code, std::regex(R"(([{,]\s*)([A-Za-z_]+):)"), R"($1"$2":)");
  code = std::regex_replace(code, std::regex(R"(,(\s*[}\]]))"), "$1");
  return json::parse(code);
}

/// What the two Railway files say differently, in words; empty when they agree.
std::string difference(const std::string& railway_json, const std::string& railway_ts) {
  const json configuration = json::parse(railway_json);
  std::string found;
  for (const char* part : {"build", "deploy"}) {
    const json& ours = configuration.at(part);
    const json other = object_literal(railway_ts, part);
    if (ours != other) found += std::string(part) + ": " + ours.dump() + " against " + other.dump() + "\n";
  }
  return found;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("railway.json and .railway/railway.ts say the same") {
  const std::string railway_json = read("railway.json");
  const std::string railway_ts = read(".railway/railway.ts");
  CHECK(difference(railway_json, railway_ts) == "");

  SUBCASE("and a difference is seen") {
    const std::pair<std::string, std::string> changes[] = {
        {"\"bigocean migrate\"", "\"bigocean check-db\""},
        {"drainingSeconds: 30", "drainingSeconds: 31"},
        {"drainingSeconds: 30", "drainingSeconds: \"30\""},
        {"      overlapSeconds: 10,\n", ""},
        {"healthcheckPath: \"/ready\"", "healthcheckPath: \"/health\""},
        {"builder: \"DOCKERFILE\"", "builder: \"RAILPACK\""},
        {"restartPolicyMaxRetries: 10,", "restartPolicyMaxRetries: 10, sleepApplication: true,"},
    };
    for (const auto& [from, to] : changes) {
      CAPTURE(to);
      CHECK(difference(railway_json, replaced(railway_ts, from, to)) != "");
    }
    CHECK_THROWS(difference(railway_json, replaced(railway_ts, "deploy: {", "deployment: {")));
  }
}

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

TEST_CASE(".railway/railway.ts wires the stores and keeps secrets out of the file") {
  const std::string script = read(".railway/railway.ts");
  CHECK(contains(script, "DATABASE_URL: database.env.DATABASE_URL,"));
  CHECK(contains(script, "REDIS_URL: cache.env.REDIS_URL,"));
  CHECK(contains(script, "ANTHROPIC_API_KEY: preserve(),"));
  CHECK(contains(script, "SENTRY_DSN: preserve(),"));
  CHECK(contains(script, "checkSuites: true"));
  const json package = json::parse(read(".railway/package.json"));
  for (const auto& [name, version] : package.at("devDependencies").items()) {
    CHECK_MESSAGE(std::regex_match(version.get<std::string>(), std::regex(R"(\d+\.\d+\.\d+)")), name);
  }
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
        std::set<std::string>{"BASE", "BIGOCEAN_COMMIT", "BIGOCEAN_VERSION", "RAILWAY_GIT_COMMIT_SHA"});
  // Both in exec form: a JSON array, and the process gets the signals itself.
  CHECK(json::parse(*all_matches(file, "\nCMD ([^\n]*)").begin()) == json::array({"bigocean", "serve"}));
  CHECK(json::parse(*all_matches(file, "\n  CMD ([^\n]*)").begin()) ==
        json::array({"/usr/local/bin/bigocean", "healthcheck"}));

  const auto version = all_matches(read("CMakeLists.txt"), R"(project\(bigocean VERSION ([0-9.]+))");
  CHECK(all_matches(file, "\nARG BIGOCEAN_VERSION=([0-9.]+)") == version);
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

TEST_CASE("docker-compose.yml starts things in order") {
  const std::string file = read("docker-compose.yml");
  for (const char* part :
       {"image: postgres:16\n", "image: redis:7\n", "condition: service_completed_successfully",
        "read_only: true", "cap_drop: [ALL]", "'bigocean', 'migrate'", "'bigocean', 'serve'",
        "'healthcheck', '--ready'", "--appendonly", "required: false",
        "postgres-data:/var/lib/postgresql/data", "redis-data:/data"}) {
    CHECK_MESSAGE(contains(file, part), part);
  }
  CHECK_FALSE(contains(file, "\t"));
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
