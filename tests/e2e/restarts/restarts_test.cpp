// Two replicas behind a real proxy under constant load, restarted twenty times.
#include <doctest/doctest.h>

#include <csignal>
#include <memory>
#include <vector>

#include "tests/e2e/serve_process.hpp"
#include "tests/rehearse/edge.hpp"
#include "tests/rehearse/load.hpp"

namespace bigocean::test::restarts_test {
namespace {

constexpr int kReplicas = 2;
constexpr int kRestarts = 20;

/// A replica as the proxy knows it: each start takes a slot of its own.
struct Replica {
  std::unique_ptr<Serve> serve;
  int slot;
};

TEST_CASE("twenty restarts under load through two replicas: no request fails, and none is sent twice") {
  rehearse::Edge edge(kReplicas + kRestarts, 0);
  int slots = 0;
  const auto start = [&] {
    Replica replica{std::make_unique<Serve>(Environment{{"BIGOCEAN_SERVER_DRAIN_QUIET", "300ms"}}), slots++};
    edge.admit(replica.slot, replica.serve->port());
    return replica;
  };
  std::vector<Replica> replicas;
  for (int i = 0; i < kReplicas; ++i) replicas.push_back(start());
  rehearse::Load load(edge.port(), "/health", 16, 500);
  for (int i = 0; i < kRestarts; ++i) {
    auto& replica = replicas[static_cast<std::size_t>(i % kReplicas)];
    // The signal comes first: the proxy learns late, as a platform's edge may.
    replica.serve->process().signal(SIGTERM);
    edge.dismiss(replica.slot);
    CHECK(replica.serve->process().wait(20s).exit_code == 0);
    replica = start();
    wait_until("the new replica to have answered", 20s, [&] {
      const auto answered = edge.counters().answered;
      return answered.at(static_cast<std::size_t>(replica.slot)) > 0;
    });
  }
  const auto result = load.stop();
  CHECK(result.requests > 1000);
  CHECK(result.bad_statuses == 0);
  CHECK(result.socket_errors == 0);
  const auto counters = edge.counters();
  CHECK(counters.failed == 0);
  CHECK(counters.retried == 0);
}

}  // namespace
}  // namespace bigocean::test::restarts_test
