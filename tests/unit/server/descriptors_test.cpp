// How file descriptors are divided among connections and calls.
#include "server/service/descriptors.hpp"

#include <doctest/doctest.h>

namespace bigocean::server::descriptors_test {
namespace {

config::Settings settings_with(std::int64_t connections, std::int64_t waiting) {
  config::Settings settings;
  settings.server.connections_max = connections;
  settings.server.waiting_max = waiting;
  settings.database.connections_max = 10;
  settings.redis.connections_max = 10;
  return settings;
}

TEST_CASE("with enough descriptors the settings hold") {
  const auto settings = settings_with(10'000, 1'024);
  const auto needed = share_descriptors(settings, 0).needed;
  CHECK(needed > 11'044);
  const auto shares = share_descriptors(settings, needed);
  CHECK(shares.connections_max == 10'000);
  CHECK(shares.waiting_max == 1'024);
  CHECK(share_descriptors(settings, needed - 1).connections_max < 10'000);
}

TEST_CASE("with too few both are lowered, and all that is open fits") {
  for (const std::int64_t allowed : {64, 100, 256, 1'024, 4'096}) {
    CAPTURE(allowed);
    const auto shares = share_descriptors(settings_with(10'000, 1'024), allowed);
    CHECK(shares.connections_max >= 8);
    CHECK(shares.waiting_max >= 8);
    CHECK(shares.connections_max + shares.waiting_max + 20 < allowed);
  }
  // Few calls leave the rest to connections.
  CHECK(share_descriptors(settings_with(10'000, 4), 1'024).connections_max > 900);
}

TEST_CASE("with next to none there is one of each") {
  const auto shares = share_descriptors(settings_with(10'000, 1'024), 16);
  CHECK(shares.connections_max == 1);
  CHECK(shares.waiting_max == 1);
}

}  // namespace
}  // namespace bigocean::server::descriptors_test
