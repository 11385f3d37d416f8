// The pool against real servers that are stopped, paused and made replicas; scripts that a server has lost.
#include "redis/store.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "tests/support/servers.hpp"

namespace bigocean::redis::store_test {
namespace {

using namespace std::chrono_literals;

config::Settings::Redis settings_for(const std::string& url) {
  config::Settings::Redis settings;
  settings.url = config::Secret(url);
  settings.connect_timeout = 500ms;
  settings.command_timeout = 200ms;
  settings.connections_max = 4;
  settings.connection_wait = 300ms;
  return settings;
}

Reply command(Store& store, std::vector<std::string> words) { return store.command(words); }

void wait_for_answer(Store& store) {
  for (int i = 0; i < 40; ++i) {
    try {
      command(store, {"PING"});
      return;
    } catch (const base::Error&) {
    }
  }
  FAIL("no answer after 40 tries");
}

void check_all_answer(Store& store) {
  for (int i = 0; i < 20; ++i) CHECK(command(store, {"PING"}).text == "PONG");
}

TEST_CASE("a restart between two requests costs none of them an error") {
  test::PrivateRedis server;
  Store store(settings_for(server.url()), nullptr);
  check_all_answer(store);
  server.stop();
  server.start();
  check_all_answer(store);
}

TEST_CASE("a stopped Redis costs errors while it is away, and none afterwards") {
  test::PrivateRedis server;
  Store store(settings_for(server.url()), nullptr);
  check_all_answer(store);
  server.stop();
  try {
    command(store, {"PING"});
    FAIL("answered");
  } catch (const RedisError& error) {
    CHECK(error.fault == Fault::kRefused);
  }
  server.start();
  wait_for_answer(store);
  check_all_answer(store);
}

TEST_CASE("a paused Redis: every wait ends, and after the pause all is well") {
  test::PrivateRedis server;
  Store store(settings_for(server.url()), nullptr);
  check_all_answer(store);
  server.pause();
  CHECK_THROWS_AS(command(store, {"PING"}), base::Error);
  CHECK_THROWS_AS(command(store, {"PING"}), base::Error);
  server.resume();
  wait_for_answer(store);
  check_all_answer(store);
}

TEST_CASE("connections that the server closes are replaced unseen") {
  test::PrivateRedis server;
  Store store(settings_for(server.url()), nullptr);
  check_all_answer(store);
  Client other = Client::connect(config::Secret(server.url()), {});
  other.command({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
  check_all_answer(store);
}

TEST_CASE("a master that became a replica is left for a new connection") {
  test::PrivateRedis server;
  Store store(settings_for(server.url()), nullptr);
  check_all_answer(store);
  command(store, {"REPLICAOF", "127.0.0.1", "1"});
  try {
    command(store, {"SET", "key", "value"});
    FAIL("written");
  } catch (const RedisError& error) {
    CHECK(error.fault == Fault::kReadOnly);
  }
  CHECK(store.state().idle == 0);
  command(store, {"REPLICAOF", "NO", "ONE"});
  CHECK(command(store, {"SET", "key", "value"}).text == "OK");
}

TEST_CASE("a script is sent once, called by its hash, and sent again when the server forgot it") {
  test::PrivateRedis server;
  Store store(settings_for(server.url()), nullptr);
  Script script("return redis.call('INCRBY', KEYS[1], ARGV[1])");
  CHECK(store.run(script, {"counter"}, {"5"}).integer == 5);
  CHECK(store.run(script, {"counter"}, {"5"}).integer == 10);
  command(store, {"SCRIPT", "FLUSH"});
  CHECK(store.run(script, {"counter"}, {"5"}).integer == 15);
  command(store, {"SET", "counter", "no number"});
  CHECK_THROWS_AS(store.run(script, {"counter"}, {"5"}), RedisError);
  const auto stats = command(store, {"INFO", "commandstats"}).text;
  CHECK(stats.find("cmdstat_script|load:calls=2") != std::string::npos);
  CHECK(stats.find("cmdstat_evalsha:calls=5") != std::string::npos);
}

TEST_CASE("password and database number of the URL hold for every connection") {
  test::PrivateRedis server({"--requirepass", "secret"});
  const auto url = "redis://default:secret@127.0.0.1:" + std::to_string(server.port());
  Store third(settings_for(url + "/3"), nullptr);
  command(third, {"SET", "key", "value"});
  server.stop();
  server.start();
  command(third, {"SET", "key", "value"});
  Store first(settings_for(url), nullptr);
  CHECK(command(first, {"GET", "key"}).is_nil());
  CHECK(command(third, {"GET", "key"}).text == "value");
}

}  // namespace
}  // namespace bigocean::redis::store_test
