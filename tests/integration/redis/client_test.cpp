// The Redis client against real servers and against other programs.
#include "redis/client.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "base/net/tls.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/stand_in.hpp"

namespace client_test {

using namespace bigocean;
using namespace std::chrono_literals;
using redis::Fault;
using redis::Stage;

namespace {

struct Failure {
  Fault fault{};
  Stage stage{};
  base::ExitCode code{};
  std::string message;
  std::string hint;
  std::chrono::milliseconds took{};
};

redis::ConnectOptions quick() {
  redis::ConnectOptions options;
  options.connect_timeout = 400ms;
  options.command_timeout = 400ms;
  return options;
}

Failure failure_of(const std::string& url, const redis::ConnectOptions& options = {}) {
  const auto begin = std::chrono::steady_clock::now();
  try {
    redis::Client::connect(config::Secret(url), options);
  } catch (const redis::RedisError& error) {
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    return {error.fault, error.stage, error.code, error.message, error.hint, took};
  }
  FAIL("connected to " << url);
  return {};
}

std::string local(int port) { return "redis://127.0.0.1:" + std::to_string(port); }

}  // namespace

TEST_CASE("connect, PING, commands, pipelines, errors as values and as exceptions") {
  const test::PrivateRedis server;
  std::vector<std::string> stages;
  redis::ConnectOptions options;
  options.on_stage = [&](Stage stage, std::chrono::microseconds, const std::string&) {
    stages.emplace_back(redis::stage_name(stage));
  };
  auto client = redis::Client::connect(config::Secret(server.url() + "/3"), options);
  CHECK(stages == std::vector<std::string>{"resolve", "tcp", "tls", "authentication", "ping"});
  CHECK(client.ping().count() > 0);
  CHECK(client.tls_version() == "");
  CHECK(client.host() == "127.0.0.1");
  CHECK(client.user() == "default");

  const std::string binary("a\0\r\nb", 5);
  CHECK(client.command({"SET", "key", binary}).text == "OK");
  CHECK(client.command({"GET", "key"}).text == binary);
  CHECK(client.command({"GET", "none"}).is_nil());
  CHECK(client.command({"CLIENT", "LIST"}).text.find("db=3") != std::string::npos);

  CHECK_THROWS_AS(client.command({"INCR", "key"}), redis::RedisError);
  const std::vector<std::string> commands[] = {{"INCR", "n"}, {"NONSENSE"}, {"INCR", "n"}};
  const auto replies = client.pipeline(commands);
  REQUIRE(replies.size() == 3);
  CHECK(replies[0].integer == 1);
  CHECK(replies[1].is_error());
  CHECK(replies[2].integer == 2);
}

TEST_CASE("a reply of many packets arrives whole") {
  const test::PrivateRedis server;
  auto client = redis::Client::connect(config::Secret(server.url()), {});
  const std::string large(3'000'000, 'x');
  client.command({"SET", "large", large});
  CHECK(client.command({"GET", "large"}).text == large);
}

TEST_CASE("localhost and its addresses are all tried; family keeps to one") {
  const test::PrivateRedis server;  // IPv4 only
  const std::string url = "redis://localhost:" + std::to_string(server.port());
  CHECK_NOTHROW(redis::Client::connect(config::Secret(url), {}));
  CHECK_NOTHROW(redis::Client::connect(config::Secret(url + "?family=0"), {}));
  CHECK_NOTHROW(redis::Client::connect(config::Secret(url + "?family=4"), {}));
  CHECK(failure_of("redis://[::1]:" + std::to_string(server.port())).stage == Stage::kTcp);
}

TEST_CASE("password: none, wrong, right, and one that is not wanted") {
  const test::PrivateRedis server({"--requirepass", "s3cr@t/pw"});
  const std::string host = "127.0.0.1:" + std::to_string(server.port());

  const auto none = failure_of("redis://" + host);
  CHECK(none.fault == Fault::kNoAuth);
  CHECK(none.stage == Stage::kAuthentication);
  CHECK(none.code == base::ExitCode::kUnreachable);
  CHECK(none.hint.find("REDIS_URL") != std::string::npos);

  const auto wrong = failure_of("redis://:not-this-one@" + host);
  CHECK(wrong.fault == Fault::kWrongPassword);
  CHECK(wrong.stage == Stage::kAuthentication);
  CHECK((wrong.message + wrong.hint).find("not-this-one") == std::string::npos);

  CHECK_NOTHROW(redis::Client::connect(config::Secret("redis://default:s3cr%40t%2Fpw@" + host), {}));
  CHECK_NOTHROW(redis::Client::connect(config::Secret("redis://:s3cr%40t%2Fpw@" + host), {}));

  const test::PrivateRedis open;
  const auto unwanted = failure_of("redis://:surplus@127.0.0.1:" + std::to_string(open.port()));
  CHECK(unwanted.fault == Fault::kWrongPassword);
  CHECK(unwanted.message.find("without any password configured") != std::string::npos);
}

TEST_CASE("refused, not resolvable, bad URL, missing database") {
  const auto refused = failure_of(local(test::free_port()));
  CHECK(refused.fault == Fault::kRefused);
  CHECK(refused.stage == Stage::kTcp);
  CHECK(refused.message.find("Connection refused") != std::string::npos);

  const auto unknown = failure_of("redis://no-such-host.invalid:6379");
  CHECK(unknown.stage == Stage::kResolve);
  CHECK((unknown.fault == Fault::kNotResolvable || unknown.fault == Fault::kTimedOut));

  try {
    redis::Client::connect(config::Secret("redis://host:port"), {});
    FAIL("accepted a bad URL");
  } catch (const base::Error& error) {
    CHECK(error.code == base::ExitCode::kUsage);
  }

  const test::PrivateRedis server;
  const auto missing = failure_of(server.url() + "/99");
  CHECK(missing.stage == Stage::kAuthentication);
  CHECK(missing.message.find("DB index is out of range") != std::string::npos);
}

TEST_CASE("servers that are none end within the time-out") {
  SUBCASE("silent") {
    const test::StandIn silent(test::Habit::kSilent);
    const auto failure = failure_of(local(silent.port()), quick());
    CHECK(failure.fault == Fault::kTimedOut);
    CHECK(failure.took >= 390ms);
    CHECK(failure.took < 5s);
  }
  SUBCASE("one byte at a time, for ever") {
    const test::StandIn drip(test::Habit::kDrip, "+PONG");
    const auto failure = failure_of(local(drip.port()), quick());
    CHECK(failure.fault == Fault::kTimedOut);
    CHECK(failure.took < 5s);
  }
  SUBCASE("HTTP") {
    const test::StandIn http(test::Habit::kAnswer, "HTTP/1.1 400 Bad Request\r\n\r\n");
    const auto failure = failure_of(local(http.port()));
    CHECK(failure.fault == Fault::kNotRedis);
    CHECK(failure.message.find("this is not Redis; its answer begins with `HTTP/1.1 400 Bad Request`") !=
          std::string::npos);
  }
  SUBCASE("a TLS alert") {
    const test::StandIn tls(test::Habit::kAnswer, std::string("\x15\x03\x01\x00\x02\x02\x46", 7));
    const auto failure = failure_of(local(tls.port()));
    CHECK(failure.fault == Fault::kNotRedis);
    CHECK(failure.hint.find("rediss://") != std::string::npos);
  }
  SUBCASE("hangs up") {
    const test::StandIn rude(test::Habit::kHangUp);
    CHECK(failure_of(local(rude.port())).fault == Fault::kClosed);
  }
  SUBCASE("paused") {
    test::PrivateRedis server;
    auto client = redis::Client::connect(config::Secret(server.url()), quick());
    server.pause();
    CHECK_THROWS_AS(client.ping(), redis::RedisError);
    server.resume();
    // A late answer must not be taken for the next command's: the connection is closed.
    CHECK_THROWS_WITH_AS(client.ping(), doctest::Contains("closed after an earlier error"),
                         redis::RedisError);
  }
}

TEST_CASE("a server that went away") {
  test::PrivateRedis server;
  auto client = redis::Client::connect(config::Secret(server.url()), {});
  server.stop();
  CHECK_THROWS_AS(client.ping(), redis::RedisError);
}

TEST_CASE("TLS: an unknown authority, a trusted one, and the two ways to mistake it") {
  const test::TempDir folder;
  const std::string key = folder.path() + "/key.pem";
  const std::string certificate = folder.path() + "/certificate.pem";
  test::make_certificate(key, certificate);
  const int port = test::free_port();
  const test::PrivateRedis server({"--tls-port", std::to_string(port), "--tls-cert-file", certificate,
                                   "--tls-key-file", key, "--tls-auth-clients", "no"});
  const std::string url = "rediss://127.0.0.1:" + std::to_string(port);

  const auto unknown = failure_of(url);
  CHECK(unknown.fault == Fault::kTls);
  CHECK(unknown.stage == Stage::kTls);
  CHECK(unknown.message.find("self-signed certificate") != std::string::npos);

  const auto plain_server = failure_of("rediss://127.0.0.1:" + std::to_string(server.port()), quick());
  CHECK(plain_server.stage == Stage::kTls);
  CHECK(plain_server.hint.find("redis://") != std::string::npos);

  const auto plain_client = failure_of(local(port));
  CHECK((plain_client.fault == Fault::kClosed || plain_client.fault == Fault::kNotRedis));
  CHECK(plain_client.hint.find("rediss://") != std::string::npos);

  const test::StandIn http(test::Habit::kAnswer, "HTTP/1.1 400 Bad Request\r\n\r\n");
  const auto babble = failure_of("rediss://127.0.0.1:" + std::to_string(http.port()));
  CHECK(babble.fault == Fault::kTls);
  CHECK(babble.hint.find("redis://") != std::string::npos);

  ::setenv("SSL_CERT_FILE", certificate.c_str(), 1);
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    auto client = redis::Client::connect(config::Secret("rediss://" + host + ":" + std::to_string(port)), {});
    CHECK(client.tls_version().starts_with("TLSv1."));
    CHECK(client.command({"ECHO", std::string(100'000, 'y')}).text.size() == 100'000);
  }
  ::unsetenv("SSL_CERT_FILE");
}

TEST_CASE("TLS: authorities are read once for the process, and sessions are taken up") {
  const test::TempDir folder;
  const std::string key = folder.path() + "/key.pem";
  const std::string certificate = folder.path() + "/certificate.pem";
  test::make_certificate(key, certificate);
  ::setenv("SSL_CERT_FILE", certificate.c_str(), 1);
  for (const std::string version : {"TLSv1.2", "TLSv1.3"}) {
    CAPTURE(version);
    const int port = test::free_port();
    const test::PrivateRedis server({"--tls-port", std::to_string(port), "--tls-cert-file", certificate,
                                     "--tls-key-file", key, "--tls-auth-clients", "no", "--tls-protocols",
                                     version});
    const config::Secret url("rediss://127.0.0.1:" + std::to_string(port));
    const auto before = base::tls_counts();
    const auto connect = [&] {
      auto client = redis::Client::connect(url, {});
      CHECK(client.tls_version() == version);
      CHECK(client.command({"ECHO", "x"}).text == "x");
      return client;
    };
    { const auto first = connect(); }
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 5; ++k) connect();
      });
    }
    for (auto& thread : threads) thread.join();
    const auto after = base::tls_counts();
    CHECK(after.handshakes - before.handshakes == 41);
    CHECK(after.resumed - before.resumed == 40);
    CHECK(after.contexts - before.contexts == (version == "TLSv1.2" ? 1 : 0));
  }
  // Other authorities are another context, and no session goes over: what is trusted no more fails.
  const int port = test::free_port();
  const test::PrivateRedis server({"--tls-port", std::to_string(port), "--tls-cert-file", certificate,
                                   "--tls-key-file", key, "--tls-auth-clients", "no"});
  const std::string url = "rediss://127.0.0.1:" + std::to_string(port);
  { auto client = redis::Client::connect(config::Secret(url), {}); }
  ::unsetenv("SSL_CERT_FILE");
  CHECK(failure_of(url).stage == Stage::kTls);
}

TEST_CASE("a signal ends a wait") {
  const test::StandIn silent(test::Habit::kSilent);
  const base::SignalInterrupt interrupt;
  redis::ConnectOptions options;
  options.connect_timeout = 60s;
  options.interrupt = &interrupt;
  options.on_stage = [](Stage stage, std::chrono::microseconds, const std::string&) {
    if (stage == Stage::kTls || stage == Stage::kTcp) ::kill(::getpid(), SIGTERM);
  };
  try {
    redis::Client::connect(config::Secret(local(silent.port())), options);
    FAIL("connected");
  } catch (const base::Error& error) {
    CHECK(error.code == base::ExitCode::kTerminated);
  }
}

}  // namespace client_test
