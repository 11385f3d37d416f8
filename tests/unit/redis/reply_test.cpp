// Redis's protocol: bytes, replies, and what error replies mean.
#include "redis/reply.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace reply_test {

using namespace bigocean::redis;

TEST_CASE("commands are binary-safe") {
  const std::vector<std::string> words = {"SET", std::string("a\0b", 3), ""};
  CHECK(encode(words) == std::string("*3\r\n$3\r\nSET\r\n$3\r\na\0b\r\n$0\r\n\r\n", 28));
}

TEST_CASE("replies of every kind, fed byte by byte") {
  ReplyReader reader;
  const std::string bytes = "*5\r\n+OK\r\n:-7\r\n$-1\r\n$3\r\nx\ny\r\n-ERR no\r\n";
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    reader.feed(bytes.substr(i, 1));
    REQUIRE_FALSE(reader.next());
  }
  reader.feed(bytes.substr(bytes.size() - 1));
  const auto reply = reader.next();
  REQUIRE(reply);
  REQUIRE(reply->elements.size() == 5);
  CHECK(reply->elements[0].text == "OK");
  CHECK(reply->elements[1].integer == -7);
  CHECK(reply->elements[2].is_nil());
  CHECK(reply->elements[3].text == "x\ny");
  CHECK(reply->elements[4].is_error());
  CHECK(reply->elements[4].text == "ERR no");
}

TEST_CASE("two replies in one packet stay two") {
  ReplyReader reader;
  reader.feed("+A\r\n+B\r\n");
  CHECK(reader.next()->text == "A");
  CHECK(reader.next()->text == "B");
  CHECK_FALSE(reader.next());
}

TEST_CASE("what is not Redis's protocol is an error") {
  for (const char* bytes : {"HTTP/1.1 400 Bad Request\r\n", "SSH-2.0-x\r\n", "\x15\x03\x01"}) {
    ReplyReader reader;
    reader.feed(bytes);
    CHECK_THROWS_AS(reader.next(), std::runtime_error);
  }
}

TEST_CASE("error replies and their faults") {
  struct Row {
    const char* text;
    Fault fault;
  };
  for (const Row& row : {
           Row{"NOAUTH Authentication required.", Fault::kNoAuth},
           Row{"WRONGPASS invalid username-password pair or user is disabled.", Fault::kWrongPassword},
           Row{"ERR AUTH <password> called without any password configured for the default user. Are you "
               "sure "
               "your configuration is correct?",
               Fault::kWrongPassword},
           Row{"NOPERM this user has no permissions to run the 'eval' command", Fault::kNoPermission},
           Row{"ERR The user executing the script can't run this command or subcommand",
               Fault::kNoPermission},
           Row{"ERR ACL failure in script: User app has no permissions to run the 'time' command",
               Fault::kNoPermission},
           Row{"LOADING Redis is loading the dataset in memory", Fault::kLoading},
           Row{"READONLY You can't write against a read only replica.", Fault::kReadOnly},
           Row{"NOREPLICAS Not enough good replicas to write.", Fault::kReadOnly},
           Row{"OOM command not allowed when used memory > 'maxmemory'.", Fault::kOutOfMemory},
           Row{"MISCONF Redis is configured to save RDB snapshots, but …", Fault::kMisconfigured},
           Row{"ERR max number of clients reached", Fault::kTooManyClients},
           Row{"ERR unknown command 'EVAL'", Fault::kReply},
           Row{"", Fault::kReply},
       }) {
    CAPTURE(row.text);
    CHECK(fault_of_reply(row.text) == row.fault);
  }
}

TEST_CASE("what time can heal, and what leaves the connection usable") {
  const auto error = [](Fault fault) { return RedisError({}, fault, Stage::kReady, "", ""); };
  for (const Fault fault : {Fault::kRefused, Fault::kNotResolvable, Fault::kTimedOut, Fault::kLoading,
                            Fault::kTooManyClients, Fault::kReadOnly}) {
    CHECK(error(fault).is_transient());
  }
  for (const Fault fault : {Fault::kWrongPassword, Fault::kNoAuth, Fault::kBadUrl, Fault::kNotRedis,
                            Fault::kTls, Fault::kNoPermission}) {
    CHECK_FALSE(error(fault).is_transient());
  }
  CHECK(error(Fault::kNoPermission).connection_usable());
  CHECK_FALSE(error(Fault::kTimedOut).connection_usable());
}

}  // namespace reply_test
