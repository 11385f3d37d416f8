// The real binary: `bigocean budget` against the product's database.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"

namespace budget {

using namespace bigocean;
using nlohmann::json;

namespace {

constexpr const char* kUser = "0b4e7f3c-5d1a-4a53-9f57-2f6c1f0a9d11";
constexpr const char* kSession = "1b4e7f3c-5d1a-4a53-9f57-2f6c1f0a9d11";

test::Finished run_bigocean(const std::string& url, std::vector<std::string> arguments) {
  test::ProcessOptions options;
  options.environment = {{"DATABASE_URL", url}, {"BIGOCEAN_BUDGET_SERVICE_DAY", "75"}};
  arguments.insert(arguments.begin(), BIGOCEAN_BINARY);
  return test::run(arguments, options);
}

std::string database() {
  const auto url = test::shared_postgres().create_database();
  REQUIRE(run_bigocean(url, {"migrate"}).exit_code == 0);
  const std::string user = kUser, session = kSession;
  for (const auto& sql : {
           "INSERT INTO users (user_id) VALUES ('" + user + "')",
           "INSERT INTO sessions (user_id, session_id, token_sha256, expires_at) VALUES ('" + user + "', '" +
               session + "', sha256('x'), now() + interval '1 day')",
           "INSERT INTO messages (user_id, session_id, position, role, content) VALUES ('" + user + "', '" +
               session + "', 1, 'user', 'hello')",
           "INSERT INTO analysis_jobs (user_id, session_id, through_position, attempts, died_at, last_error)"
           " VALUES ('" +
               user + "', '" + session + "', 1, 5, now(), 'it broke')",
           "SELECT settle_budget(out_entry, 7000000, 'settled', 1000, 50, 0, 0, 200, NULL) FROM "
           "reserve_budget('" +
               user + "', '" + session +
               "', 9000000, 'interview', 'claude-haiku-5-5', interval '1 minute', 1000000000, 1000000000,"
               " 1000000000, NULL)",
           std::string("UPDATE users SET display_name = NULL"),
       })
    test::query(url, sql);
  return url;
}

}  // namespace

TEST_CASE("budget: today against the caps, for people and for programs") {
  const auto url = database();
  const auto text = run_bigocean(url, {"budget"});
  CHECK(text.exit_code == 0);
  CHECK(text.out.find("$0.0070 spent, $0.0000 reserved, of $75.0000") != std::string::npos);
  CHECK(text.out.find("1 calls of claude-haiku-5-5: $0.0070, 1200 tokens in (200 cached), 50 out") !=
        std::string::npos);
  CHECK(text.out.find("0 waiting, 1 given up") != std::string::npos);
  CHECK(text.err.empty());
  const auto document = json::parse(run_bigocean(url, {"budget", "--json"}).out);
  CHECK(document["service"] == json{{"spent", "0.007"}, {"reserved", "0"}, {"cap", "75"}});
  CHECK(document["calls"][0]["promptTokens"] == 1200);
  CHECK(document["people"]["most"][0]["userId"] == kUser);
  CHECK(document["analyses"] == json{{"waiting", 0}, {"dead", 1}});
}

TEST_CASE("budget analyses and retry: what was given up is shown, and tried again") {
  const auto url = database();
  CHECK(run_bigocean(url, {"budget", "analyses"}).out.find("it broke") != std::string::npos);
  const auto list = json::parse(run_bigocean(url, {"budget", "analyses", "--json"}).out);
  CHECK(list["dead"][0]["sessionId"] == kSession);
  CHECK(list["dead"][0]["attempts"] == 5);
  const auto other = run_bigocean(url, {"budget", "retry", "--session", kUser, "--json"});
  CHECK(json::parse(other.out)["retried"] == 0);
  CHECK(run_bigocean(url, {"budget", "retry"}).out == "1 analysis will be tried again\n");
  CHECK(test::query(url, "SELECT died_at IS NULL AND attempts = 0 FROM analysis_jobs").at(0).at(0) == "t");
  CHECK(run_bigocean(url, {"budget", "analyses"}).out == "no analysis was given up\n");
}

TEST_CASE("budget block and unblock: once or twice, and not for what is nobody") {
  const auto url = database();
  for (int i = 0; i < 2; ++i) {
    CHECK(run_bigocean(url, {"budget", "block", kUser}).exit_code == 0);
    CHECK(test::query(url, "SELECT blocked_at IS NOT NULL FROM users").at(0).at(0) == "t");
  }
  CHECK(json::parse(run_bigocean(url, {"budget", "--json"}).out)["blocked"] == 1);
  for (int i = 0; i < 2; ++i) {
    CHECK(run_bigocean(url, {"budget", "unblock", kUser}).exit_code == 0);
    CHECK(test::query(url, "SELECT blocked_at IS NULL FROM users").at(0).at(0) == "t");
  }
  for (const char* wrong : {kSession, "me", ""}) {
    const auto done = run_bigocean(url, {"budget", "block", wrong});
    CHECK(done.exit_code == 2);
    CHECK(done.err.find("hint: ") != std::string::npos);
  }
  CHECK(run_bigocean("postgresql://127.0.0.1:1/nothing", {"budget"}).exit_code == 7);
}

}  // namespace budget
