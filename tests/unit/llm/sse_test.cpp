// Server-sent events: every form of a line, cut at every place.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "server/llm/sse.hpp"

namespace sse_test {

using bigocean::server::llm::SseEvent;
using bigocean::server::llm::SseFault;
using bigocean::server::llm::SseParser;
using Events = std::vector<SseEvent>;

namespace {

struct Row {
  const char* name;
  std::string stream;
  Events events;
};

const std::vector<Row> kRows = {
    {"nothing", "", {}},
    {"one event", "event: ping\ndata: {}\n\n", {{"ping", "{}"}}},
    {"CRLF", "event: ping\r\ndata: {}\r\n\r\n", {{"ping", "{}"}}},
    {"CR", "event: ping\rdata: {}\r\r", {{"ping", "{}"}}},
    {"mixed line ends",
     "event: a\rdata: 1\r\n\ndata: 2\n\rdata: 3\r\r\n",
     {{"a", "1"}, {"message", "2"}, {"message", "3"}}},
    {"no name", "data: x\n\n", {{"message", "x"}}},
    {"the name is for one event", "event: a\ndata: 1\n\ndata: 2\n\n", {{"a", "1"}, {"message", "2"}}},
    {"the last name counts", "event: a\nevent: b\ndata: 1\n\n", {{"b", "1"}}},
    {"several lines", "data: a\ndata:\ndata: b\n\n", {{"message", "a\n\nb"}}},
    {"an event without data is none", "event: a\n\ndata: 1\n\n", {{"message", "1"}}},
    {"empty data", "data\n\ndata:\n\n", {{"message", ""}, {"message", ""}}},
    {"two empty lines", "data: 1\n\n\n\ndata: 2\n\n", {{"message", "1"}, {"message", "2"}}},
    {"one blank is left away", "data:  a\n\ndata:b\n\n", {{"message", " a"}, {"message", "b"}}},
    {"comments", ": keep-alive\n:\ndata: 1\n: x\n\n", {{"message", "1"}}},
    {"unknown fields", "id: 1\nretry: 5\nother: x\ndata: 1\nData: 2\n\n", {{"message", "1"}}},
    {"a colon in the value", "data: {\"a\": \"b:c\"}\n\n", {{"message", "{\"a\": \"b:c\"}"}}},
    {"a mark in front",
     "\xEF\xBB\xBF"
     "data: 1\n\n",
     {{"message", "1"}}},
    {"a mark further back is text",
     "data: 1\n\n\xEF\xBB\xBF"
     "data: 2\n\n",
     {{"message", "1"}}},
    {"other characters",
     "data: gr\xC3\xBC\xC3\x9F \xF0\x9F\x8C\x8A\n\n",
     {{"message", "gr\xC3\xBC\xC3\x9F \xF0\x9F\x8C\x8A"}}},
    {"a byte 0", std::string("data: a\0b\n\n", 11), {{"message", std::string("a\0b", 3)}}},
    {"what has no end is no event", "data: 1\n\ndata: 2\n", {{"message", "1"}}},
};

Events read(const std::vector<std::string_view>& pieces) {
  SseParser parser(64);
  Events events;
  for (const auto piece : pieces) {
    for (auto& event : parser.feed(piece)) events.push_back(std::move(event));
  }
  return events;
}

}  // namespace

TEST_CASE("events come out the same however the bytes are cut") {
  for (const auto& row : kRows) {
    CAPTURE(row.name);
    const std::string_view stream = row.stream;
    CHECK(read({stream}) == row.events);
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < stream.size(); ++i) bytes.push_back(stream.substr(i, 1));
    CHECK(read(bytes) == row.events);
    for (std::size_t first = 0; first <= stream.size(); ++first) {
      for (std::size_t second = first; second <= stream.size(); ++second) {
        CAPTURE(first);
        CAPTURE(second);
        REQUIRE(read({stream.substr(0, first), stream.substr(first, second - first),
                      stream.substr(second)}) == row.events);
      }
    }
  }
}

TEST_CASE("an event is bounded, and the bound is for one event") {
  SseParser parser(16);
  for (int i = 0; i < 100; ++i)
    CHECK(parser.feed("data: 0123456789\n\n") == Events{{"message", "0123456789"}});
  SUBCASE("one line") { CHECK_THROWS_AS(parser.feed("data: 0123456789x"), SseFault); }
  SUBCASE("one line in pieces") {
    CHECK_NOTHROW(parser.feed("data: 0123456789"));
    CHECK_THROWS_AS(parser.feed("x"), SseFault);
  }
  SUBCASE("many lines") {
    CHECK_NOTHROW(parser.feed("data: 0123\ndata: "));
    CHECK_NOTHROW(parser.feed("4567\n"));
    CHECK_THROWS_AS(parser.feed("data: 89"), SseFault);
  }
  SUBCASE("a comment") { CHECK_THROWS_AS(parser.feed(": " + std::string(20, 'x')), SseFault); }
}

}  // namespace sse_test
