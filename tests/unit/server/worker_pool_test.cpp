// Threads start with the work and end without it.
#include "server/http/worker_pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>

namespace bigocean::server::http::worker_pool_test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a job finds a thread, up to the limit; the rest queue") {
  std::latch go(1);
  std::atomic<int> running{0};
  std::atomic<int> done{0};
  WorkerPool pool({.threads_min = 0, .threads_max = 3});
  CHECK(pool.threads() == 0);
  for (int i = 0; i < 5; ++i) {
    pool.submit([&] {
      ++running;
      go.wait();
      ++done;
    });
  }
  while (running < 3) std::this_thread::yield();
  CHECK(pool.threads() == 3);
  CHECK(running == 3);
  go.count_down();
  while (done < 5) std::this_thread::yield();
}

TEST_CASE("idle threads end, but for those that are kept") {
  std::atomic<int> done{0};
  std::latch all_here(4);
  WorkerPool pool({.threads_min = 1, .threads_max = 4, .idle_timeout = 1ms});
  for (int i = 0; i < 4; ++i) {
    pool.submit([&] {
      all_here.arrive_and_wait();
      ++done;
    });
  }
  while (done < 4) std::this_thread::yield();
  while (pool.threads() > 1) std::this_thread::yield();
  pool.submit([&] { ++done; });
  while (done < 5) std::this_thread::yield();
  while (pool.threads() > 1) std::this_thread::yield();
}

TEST_CASE("many short jobs from one thread are all done, whatever comes and goes") {
  std::atomic<int> done{0};
  WorkerPool pool({.threads_min = 0, .threads_max = 8, .idle_timeout = 0ms});
  for (int i = 0; i < 2000; ++i) REQUIRE(pool.submit([&] { ++done; }));
  while (done < 2000) std::this_thread::yield();
}

}  // namespace
}  // namespace bigocean::server::http::worker_pool_test
