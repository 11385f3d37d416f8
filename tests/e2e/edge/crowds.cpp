// Many connections, many requests, and no free file descriptors.
#include <sys/resource.h>

#include "tests/e2e/edge/scene.hpp"

namespace bigocean::test::crowds {
namespace {

TEST_CASE("1,500 requests at once with one token: those of everybody else are all answered") {
  raise_own_descriptors();
  Scene scene;
  const auto greedy = begin(scene.port(), "198.51.100.1");
  std::vector<Talker> others;
  for (int i = 0; i < 10; ++i) others.push_back(begin(scene.port(), "203.0.113." + std::to_string(i)));
  std::vector<RawClient> crowd;
  for (int i = 0; i < 1500; ++i) crowd.emplace_back(scene.port());
  for (int round = 0; round < 3; ++round) {
    for (auto& one : crowd) one.send(greedy.request("ExportSession").bytes());
    std::vector<RawClient> asking;
    for (const auto& other : others) {
      for (int i = 0; i < 10; ++i) {
        asking.emplace_back(scene.port());
        asking.back().send(other.request("ExportSession").bytes());
      }
    }
    for (auto& one : asking) CHECK(status_of(one.read_reply(false, 60s)) == 200);
    int served = 0;
    for (auto& one : crowd) {
      const auto reply = one.read_reply(false, 60s);
      const int status = status_of(reply);
      served += status == 200 ? 1 : 0;
      if (status == 200) continue;
      CHECK((status == 503 || status == 429));
      CHECK(has(reply, "\r\nRetry-After: "));
    }
    CHECK(served < 1500);
  }
}

TEST_CASE("64 descriptors: the limit follows them, is said, and /health is answered whatever is held") {
  Scene scene({{"BIGOCEAN_ENV", "development"}}, {"sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"});
  for (const bool half_sent : {false, true}) {
    CAPTURE(half_sent);
    std::vector<RawClient> held;
    for (int i = 0; i < 80; ++i) {
      held.emplace_back(scene.port());
      if (half_sent) held.back().send("GET /health HTTP/1.1\r\nX: ");
    }
    for (int i = 0; i < 20; ++i) CHECK(status_of(get(scene.port(), "/health")) == 200);
    if (!half_sent)
      CHECK(status_of(exchange(scene.port(), rpc("StartAssessment", "{}", from("198.51.100.1")))) == 200);
  }
  scene.serve->process().signal(SIGTERM);
  const auto out = scene.serve->process().wait().out;
  CHECK(has(out, "the limit of open files allows fewer connections than the settings"));
  CHECK(has(out, "open_files=64"));
  CHECK_FALSE(has(out, "no descriptor left"));
}

TEST_CASE(
    "descriptors that run out all the same: the longest idle connection goes, and the next one is told") {
  Scene scene;
  const rlimit few{40, 40};
  REQUIRE(::prlimit(scene.serve->process().pid(), RLIMIT_NOFILE, &few, nullptr) == 0);
  std::vector<RawClient> idle;
  for (int i = 0; i < 80; ++i) {
    idle.emplace_back(scene.port());
    idle.back().send(get_request("/health"));
    CHECK(status_of(idle.back().read_reply()) == 200);
  }
  CHECK(idle.front().closed_silently());
  idle.back().send(get_request("/health"));
  CHECK(status_of(idle.back().read_reply()) == 200);
  // None idle: whoever comes is told so, with the descriptor that was kept for this.
  std::vector<RawClient> half;
  std::string told;
  wait_until("one to be turned away", 30s, [&] {
    // Until the service has read the first bytes of a connection it counts as idle, and goes for the next
    // one; so on a busy machine it takes more of them.
    for (int i = 0; i < 40; ++i) {
      half.emplace_back(scene.port());
      half.back().send("GET /health HTTP/1.1\r\nX: ");
    }
    return std::any_of(half.begin(), half.end(),
                       [&](RawClient& client) { return has(told = client.read_available(), "503"); });
  });
  CHECK(has(told, "too many open files"));
  CHECK(has(told, "\r\nRetry-After: 1\r\n"));
  half.clear();
  wait_until("an answer", 30s, [&] { return status_of(get(scene.port(), "/health")) == 200; });
}

}  // namespace
}  // namespace bigocean::test::crowds
