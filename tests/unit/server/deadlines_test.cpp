// Deadlines pass in their order, whatever was changed before.
#include "server/http/deadlines.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace bigocean::server::http::deadlines_test {
namespace {

using namespace std::chrono_literals;
using Owners = std::vector<std::uint64_t>;

const Deadlines::Time kBegin = Deadlines::Time{} + 1h;

TEST_CASE("deadlines pass in their order, at their time and once") {
  Deadlines deadlines(kBegin);
  CHECK(deadlines.next() == Deadlines::kNever);
  CHECK(deadlines.take_expired().empty());
  Deadlines::Timer third(deadlines, 3), first(deadlines, 1), second(deadlines, 2);
  third.start(30ms);
  first.start(10ms);
  second.start(20ms);
  CHECK(deadlines.next() == kBegin + 10ms);
  CHECK(deadlines.take_expired().empty());
  deadlines.advance(kBegin + 9ms);
  CHECK(deadlines.take_expired().empty());
  deadlines.advance(kBegin + 20ms);
  CHECK(deadlines.take_expired() == Owners{1, 2});
  CHECK_FALSE(first.is_set());
  CHECK(third.is_set());
  CHECK(deadlines.take_expired().empty());
  CHECK(deadlines.next() == kBegin + 30ms);
  deadlines.advance(kBegin + 1h);
  CHECK(deadlines.take_expired() == Owners{3});
  CHECK(deadlines.next() == Deadlines::kNever);
}

TEST_CASE("a deadline that is set again takes the place of the one before, earlier or later") {
  Deadlines deadlines(kBegin);
  Deadlines::Timer one(deadlines, 1), other(deadlines, 2);
  one.start(10ms);
  other.start(20ms);
  one.start(30ms);
  CHECK(deadlines.next() == kBegin + 20ms);
  other.start(5ms);
  CHECK(deadlines.next() == kBegin + 5ms);
  deadlines.advance(kBegin + 15ms);
  CHECK(deadlines.take_expired() == Owners{2});
  other.start(5ms);  // from now on
  CHECK(deadlines.next() == kBegin + 20ms);
  deadlines.advance(kBegin + 30ms);
  CHECK(deadlines.take_expired() == Owners{2, 1});
}

TEST_CASE("a deadline that is taken back, or whose owner goes, does not pass") {
  Deadlines deadlines(kBegin);
  Deadlines::Timer stays(deadlines, 1), stopped(deadlines, 2);
  stays.start(20ms);
  stopped.start(10ms);
  {
    Deadlines::Timer gone(deadlines, 3);
    gone.start(5ms);
    CHECK(deadlines.next() == kBegin + 5ms);
  }
  CHECK(deadlines.next() == kBegin + 10ms);
  stopped.stop();
  stopped.stop();
  CHECK_FALSE(stopped.is_set());
  CHECK(deadlines.next() == kBegin + 20ms);
  deadlines.advance(kBegin + 1s);
  CHECK(deadlines.take_expired() == Owners{1});
}

TEST_CASE("equal deadlines pass together, and each can be taken back") {
  Deadlines deadlines(kBegin);
  std::vector<std::unique_ptr<Deadlines::Timer>> timers;
  for (std::uint64_t owner = 0; owner < 9; ++owner) {
    timers.push_back(std::make_unique<Deadlines::Timer>(deadlines, owner));
    timers.back()->start(10ms);
  }
  timers[0]->stop();
  timers[4].reset();
  timers[8]->start(11ms);
  deadlines.advance(kBegin + 10ms);
  auto passed = deadlines.take_expired();
  std::sort(passed.begin(), passed.end());
  CHECK(passed == Owners{1, 2, 3, 5, 6, 7});
  CHECK(deadlines.next() == kBegin + 11ms);
}

TEST_CASE("many changes in any order leave what a search through all would find") {
  std::mt19937 random(1);
  auto now = kBegin;
  Deadlines deadlines(now);
  std::vector<std::unique_ptr<Deadlines::Timer>> timers;
  for (std::uint64_t owner = 0; owner < 200; ++owner)
    timers.push_back(std::make_unique<Deadlines::Timer>(deadlines, owner));
  std::map<std::uint64_t, Deadlines::Time> expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t owner = random() % timers.size();
    if (random() % 4 == 0) {
      timers[owner]->stop();
      expected.erase(owner);
    } else {
      const std::chrono::milliseconds from_now(random() % 50);
      timers[owner]->start(from_now);
      expected[owner] = now + from_now;
    }
    if (i % 10 == 0) deadlines.advance(now += 1ms);
    std::vector<std::pair<Deadlines::Time, std::uint64_t>> passed;
    for (const auto& [one, at] : expected) {
      if (at <= now) passed.emplace_back(at, one);
    }
    auto owners = deadlines.take_expired();
    REQUIRE(owners.size() == passed.size());
    CHECK(std::is_sorted(owners.begin(), owners.end(),
                         [&](auto a, auto b) { return expected.at(a) < expected.at(b); }));
    std::sort(owners.begin(), owners.end());
    for (const auto& [at, one] : passed) {
      CHECK(std::binary_search(owners.begin(), owners.end(), one));
      expected.erase(one);
    }
    const auto next = std::min_element(expected.begin(), expected.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    REQUIRE(deadlines.next() == (next == expected.end() ? Deadlines::kNever : next->second));
  }
}

}  // namespace
}  // namespace bigocean::server::http::deadlines_test
