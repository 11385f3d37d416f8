// Uses docs/openapi.json as the author of a front end does, with common tools and a running service.
#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/e2e/serve_process.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test::contract_test {
namespace {

/// Runs tests/e2e/contract/run with one or two words.
Finished contract(const std::string& what, const std::string& url = {}) {
  std::vector<std::string> argv{BIGOCEAN_SOURCE_DIR "/tests/e2e/contract/run", what};
  if (!url.empty()) argv.push_back(url);
  ProcessOptions options;
  if (const char* cache = std::getenv("BIGOCEAN_CACHE"); cache != nullptr)
    options.environment["BIGOCEAN_CACHE"] = cache;
  return run(argv, options);
}

TEST_CASE("the linter of OpenAPI documents finds nothing") {
  const auto done = contract("lint");
  CHECK_MESSAGE(done.exit_code == 0, done.out << done.err);
  CHECK_MESSAGE(done.out.find("warning") == std::string::npos, done.out);
}

TEST_CASE("a client with types made from the document compiles under strict rules") {
  const auto done = contract("compile");
  CHECK_MESSAGE(done.exit_code == 0, done.out << done.err);
}

TEST_CASE("that client talks with a running service from the first message to the deletion") {
  const auto url = shared_postgres().create_database();
  PrivateRedis redis;
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", url}};
  REQUIRE(run({BIGOCEAN_BINARY, "migrate"}, options).exit_code == 0);
  Serve serve({{"DATABASE_URL", url},
               {"REDIS_URL", redis.url()},
               {"BIGOCEAN_LIMITS_MESSAGES_PER_USER_MINUTE", "1000"}});
  wait_until("ready", 30s, [&] { return status_of(get(serve.port(), "/ready")) == 200; });
  const auto done = contract("client", "http://127.0.0.1:" + std::to_string(serve.port()));
  CHECK_MESSAGE(done.exit_code == 0, done.out << done.err);
}

}  // namespace
}  // namespace bigocean::test::contract_test
