// Seats of connections and places of requests: who gets one, and what the others are told.
#include "server/http/capacity.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace bigocean::server::http::capacity_test {
namespace {

using Ids = std::vector<std::uint64_t>;
using Seat = ConnectionCapacity::Seat;

const std::string kPeer = "203.0.113.1";
const std::string kProxy = "10.0.0.1";

/// What a refused request is told; empty for one that has been let in.
std::string refusal_of(const std::variant<RequestCapacity::Ticket, Reply>& admitted) {
  const auto* reply = std::get_if<Reply>(&admitted);
  if (reply == nullptr) return "";
  CHECK(reply->status == 503);
  return reply->body;
}

TEST_CASE("connections past the limit are extra; of those the oldest is displaced") {
  const TrustedProxies proxies("none");
  ConnectionCapacity capacity({.max = 1, .per_client_max = 0}, proxies);
  CHECK_FALSE(capacity.is_full());
  Seat first(capacity, 1, kPeer);
  CHECK(capacity.is_full());
  CHECK_FALSE(first.is_extra());
  std::vector<std::unique_ptr<Seat>> extra;
  for (std::uint64_t id = 10; !capacity.displaced(); ++id) {
    REQUIRE(id < 20);
    extra.push_back(std::make_unique<Seat>(capacity, id, kPeer));
    CHECK(extra.back()->is_extra());
    extra.back()->set_idle(true);
    CHECK_FALSE(extra.back()->is_idle());
  }
  CHECK(capacity.displaced() == 10);
  extra.front()->leave();
  CHECK_FALSE(capacity.displaced());
  CHECK(capacity.is_full());
  first.leave();
  first.leave();
  CHECK_FALSE(capacity.is_full());
  const Seat again(capacity, 2, kPeer);
  CHECK_FALSE(again.is_extra());
}

TEST_CASE("the longest idle comes first, and who was busy in between comes last") {
  const TrustedProxies proxies("none");
  ConnectionCapacity capacity({.max = 10, .per_client_max = 0}, proxies);
  Seat one(capacity, 1, kPeer), two(capacity, 2, kPeer), three(capacity, 3, kPeer);
  CHECK_FALSE(capacity.longest_idle());
  for (auto* seat : {&one, &two, &three}) seat->set_idle(true);
  CHECK(capacity.longest_idle() == 1);
  one.set_idle(true);
  CHECK(capacity.all_idle() == Ids{1, 2, 3});
  one.set_idle(false);
  CHECK_FALSE(one.is_idle());
  CHECK(capacity.all_idle() == Ids{2, 3});
  one.set_idle(true);
  CHECK(capacity.all_idle() == Ids{2, 3, 1});
  two.leave();
  CHECK(capacity.longest_idle() == 3);
  CHECK(capacity.idle_count() == 2);
}

TEST_CASE("one address has so many connections, a trusted proxy as many as there are") {
  const TrustedProxies proxies("private");
  ConnectionCapacity capacity({.max = 10, .per_client_max = 1}, proxies);
  Seat own(capacity, 1, kPeer);
  const Seat of_proxy(capacity, 2, kProxy);
  CHECK_FALSE(capacity.lets_in(kPeer));
  CHECK(capacity.lets_in("203.0.113.2"));
  CHECK(capacity.lets_in(kProxy));
  own.leave();
  CHECK(capacity.lets_in(kPeer));
}

TEST_CASE("places for requests: by kind, one client its share, given back") {
  RequestCapacity capacity({.handling_max = 4, .waiting_max = 1, .per_client_percent_max = 50});
  std::vector<RequestCapacity::Ticket> tickets;
  const auto admit = [&](Place place, const std::string& client) {
    auto admitted = capacity.admit(place, client);
    if (const auto* ticket = std::get_if<RequestCapacity::Ticket>(&admitted)) tickets.push_back(*ticket);
    return refusal_of(admitted);
  };
  CHECK(admit(Place::kWorker, "a").empty());
  CHECK(admit(Place::kWorker, "a").empty());
  CHECK(admit(Place::kWorker, "a").find("of this client") != std::string::npos);
  // Half of one is none, but one it may always have.
  CHECK(admit(Place::kWaiting, "a").empty());
  CHECK(admit(Place::kWaiting, "b").find("too many requests at a time") != std::string::npos);
  CHECK(admit(Place::kWorker, "").empty());
  CHECK(admit(Place::kWorker, "").empty());
  CHECK(admit(Place::kWorker, "").find("too many requests at a time") != std::string::npos);
  CHECK(capacity.handling() == 4);
  CHECK(capacity.waiting() == 1);
  for (const auto& ticket : tickets) capacity.give_back(ticket);
  CHECK(capacity.handling() + capacity.waiting() == 0);
  CHECK(admit(Place::kWorker, "a").empty());
}

TEST_CASE("with a share of all no client is counted") {
  RequestCapacity capacity({.handling_max = 2, .waiting_max = 0, .per_client_percent_max = 100});
  for (int i = 0; i < 2; ++i) CHECK(refusal_of(capacity.admit(Place::kWorker, "a")).empty());
  CHECK_FALSE(refusal_of(capacity.admit(Place::kWorker, "a")).empty());
  CHECK_FALSE(refusal_of(capacity.admit(Place::kWaiting, "a")).empty());
}

}  // namespace
}  // namespace bigocean::server::http::capacity_test
