// check-redis against servers that cannot be connected to: which stage fails, and whether time may fix it.
#include <doctest/doctest.h>

#include <cstdlib>
#include <thread>

#include "redis/check.hpp"
#include "tests/support/check_expectation.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/stand_in.hpp"

namespace check_connect_test {

using namespace bigocean;
using namespace bigocean::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

base::CheckReport check(const std::string& url, std::chrono::milliseconds timeout = 10s) {
  auto settings = default_settings();
  settings.redis.url = config::Secret(url);
  settings.redis.connect_timeout = settings.redis.command_timeout = timeout;
  return redis::check(settings, nullptr);
}

std::string local(int port, const std::string& user = "", const std::string& scheme = "redis") {
  return scheme + "://" + user + "127.0.0.1:" + std::to_string(port);
}

}  // namespace

TEST_CASE("check-redis: what listens there is not Redis, or nothing does") {
  const StandIn full(Habit::kFull), silent(Habit::kSilent), hang_up(Habit::kHangUp), drip(Habit::kDrip, "+P");
  const StandIn http(Habit::kAnswer, "HTTP/1.1 400 Bad Request\r\n\r\n");
  const StandIn tls(Habit::kAnswer, "\x15\x03\x01\x00\x02\x02\x46"s);
  const StandIn crowded(Habit::kAnswer, "-ERR max number of clients reached\r\n");
  struct Row {
    std::string url;
    Expected expected;
    std::chrono::milliseconds timeout = 10s;  ///< short where it has to pass
  };
  constexpr auto kShort = 700ms;
  for (const Row& row : {
           Row{"redis://no-such-host.invalid", unreachable("resolve", "no-such-host.invalid", true)},
           Row{local(free_port()), unreachable("tcp", "Connection refused", true)},
           Row{local(full.port()), unreachable("tcp", "Connection timed out", true), kShort},
           Row{local(silent.port()), unreachable("authentication", "no answer within the time-out", true),
               kShort},
           Row{local(silent.port(), ":hidden-pw@"), unreachable("authentication", "no answer within", true),
               kShort},
           Row{local(silent.port(), "", "rediss"), unreachable("tls", "must start with redis://", true),
               kShort},
           Row{local(drip.port()), unreachable("authentication", "no answer within the time-out", true),
               kShort},
           Row{local(hang_up.port()), unreachable("authentication", "closed the connection", true)},
           Row{local(http.port()), unreachable("authentication", "this is not Redis", false)},
           Row{local(http.port(), "", "rediss"), unreachable("tls", "must start with redis://", false)},
           Row{local(tls.port()), unreachable("authentication", "must start with rediss://", false)},
           Row{local(crowded.port()), unreachable("ping", "max number of clients", true)},
       }) {
    CAPTURE(row.url);
    const auto report = check(row.url, row.timeout);
    expect(report, row.expected);
    expect_hidden(report, "hidden-pw");
  }
}

TEST_CASE("check-redis: who may come in, and to which database") {
  const PrivateRedis open, closed({"--requirepass", "right"});
  struct Row {
    std::string url;
    Expected expected;
  };
  for (const Row& row : {
           Row{local(closed.port()), unreachable("authentication", "NOAUTH", false)},
           Row{local(closed.port(), ":wrong@"), unreachable("authentication", "WRONGPASS", false)},
           Row{local(closed.port(), "nobody:right@"), unreachable("authentication", "WRONGPASS", false)},
           Row{local(open.port(), ":needless@"),
               unreachable("authentication", "without any password", false)},
           Row{local(open.port()) + "/99", unreachable("authentication", "DB index is out of range", false)},
           Row{local(closed.port(), ":right@"),
               {"authentication", CheckLevel::kOk, ExitCode::kDone, "user default"}},
           Row{local(open.port()) + "?family=0",
               {"authentication", CheckLevel::kOk, ExitCode::kDone, "without a password"}},
       }) {
    CAPTURE(row.url);
    expect(check(row.url), row.expected);
  }
}

TEST_CASE("check-redis: TLS that one side wants and the other has not, or does not trust") {
  const TempDir folder;
  const std::string certificate = folder.path() + "/server.crt", key = folder.path() + "/server.key";
  make_certificate(key, certificate);
  const int port = free_port();
  const PrivateRedis server({"--tls-port", std::to_string(port), "--tls-cert-file", certificate,
                             "--tls-key-file", key, "--tls-auth-clients", "no"});
  expect(check(local(port, "", "rediss")), unreachable("tls", "self-signed certificate", false));
  expect(check(local(server.port(), "", "rediss"), 700ms),
         unreachable("tls", "must start with redis://", true));
  ::setenv("SSL_CERT_FILE", certificate.c_str(), 1);
  const auto trusted = check(local(port, "", "rediss"));
  ::unsetenv("SSL_CERT_FILE");
  expect(trusted, {"tls", CheckLevel::kOk, ExitCode::kDone, "TLSv1."});
  expect(trusted, {"encryption", CheckLevel::kOk, ExitCode::kDone, "TLSv1."});
}

TEST_CASE("check-redis: a frozen server, and one that reads its data") {
  PrivateRedis frozen;
  frozen.pause();
  expect(check(frozen.url(), 500ms), unreachable("authentication", "no answer within the time-out", true));
  frozen.resume();

  // Slowed down to a millisecond a key, and to listen between keys, so that it can be seen loading.
  PrivateRedis server({"--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024",
                       "--dbfilename", "dump.rdb"});
  {
    auto client = redis::Client::connect(config::Secret(server.url()), {});
    std::vector<std::vector<std::string>> commands;
    for (int i = 0; i < 3000; ++i) commands.push_back({"SET", "key:" + std::to_string(i), "value"});
    commands.push_back({"SAVE"});
    client.pipeline(commands);
  }
  server.stop();
  std::thread starting([&] { server.start(); });
  base::CheckReport report;
  wait_until("the server to answer while it loads", 30s, [&] {
    report = check(server.url());
    return report.connected;
  });
  starting.join();
  expect(report, {"ping", CheckLevel::kFail, ExitCode::kCheckFailed, "LOADING", true});
  expect(check(server.url()), {"ping", CheckLevel::kOk, ExitCode::kDone, "PONG"});
}

TEST_CASE("check-redis: a URL that is none is a usage error") {
  CHECK_THROWS_AS(check("redis://cache:port"), base::Error);
}

}  // namespace check_connect_test
