// The pool with connections that break when a test says so.
#include "base/pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace bigocean::base::pool_test {
namespace {

using namespace std::chrono_literals;

/// A store that can be away, and counts.
struct FakeStore {
  std::atomic<bool> away{false};
  std::atomic<bool> answers{true};
  std::atomic<int> opened{0};
  std::atomic<int> attempts{0};
  std::atomic<int> asked{0};
};

struct FakeConnection {
  int number;
  std::shared_ptr<bool> open = std::make_shared<bool>(true);
};

struct Scene {
  FakeStore store;
  Pool<FakeConnection> pool;

  explicit Scene(std::size_t connections_max = 2, std::chrono::milliseconds wait_max = 2s,
                 std::chrono::milliseconds idle_trusted = 1h)
      : pool({.store = "the store",
              .setting = "store.connections_max",
              .connections_max = connections_max,
              .wait_max = wait_max,
              .idle_trusted = idle_trusted,
              .backoff_min = 1ms,
              .backoff_max = 4ms},
             {.connect =
                  [this] {
                    ++store.attempts;
                    if (store.away) throw Error(ExitCode::kUnreachable, "the store is away");
                    return FakeConnection{++store.opened};
                  },
              .is_open = [](FakeConnection& connection) { return *connection.open; },
              .is_answering =
                  [this](FakeConnection&) {
                    ++store.asked;
                    return store.answers.load();
                  }}) {}
};

void fail_with(Pool<FakeConnection>& pool) {
  const auto loan = pool.borrow();
  throw std::runtime_error("a statement was refused");
}

TEST_CASE("a connection is used again, and not asked about while it is fresh") {
  Scene scene;
  for (int i = 0; i < 3; ++i) CHECK(scene.pool.borrow()->number == 1);
  CHECK(scene.store.opened == 1);
  CHECK(scene.store.asked == 0);
  CHECK(scene.pool.state().idle == 1);
  CHECK(scene.pool.state().lent == 0);
}

TEST_CASE("after an error it is asked whether it still works") {
  Scene scene;
  CHECK_THROWS(fail_with(scene.pool));
  CHECK(scene.pool.borrow()->number == 1);
  CHECK(scene.store.asked == 1);
  CHECK_THROWS(fail_with(scene.pool));
  scene.store.answers = false;
  CHECK(scene.pool.borrow()->number == 2);
}

TEST_CASE("a store that is silent is told as that, not as a full pool") {
  Scene scene(1, 1ms);
  CHECK_THROWS(fail_with(scene.pool));
  scene.store.answers = false;
  scene.store.away = true;
  for (int i = 0; i < 2; ++i) {
    try {
      scene.pool.borrow();
      FAIL("lent");
    } catch (const Error& error) {
      CHECK((error.message == "the store does not answer" || error.message == "the store is away"));
    }
  }
  CHECK(scene.pool.state().lent == 0);
}

TEST_CASE("after a rest it is asked, too") {
  Scene scene(2, 2s, 0ms);
  CHECK(scene.pool.borrow()->number == 1);
  CHECK(scene.pool.borrow()->number == 1);
  CHECK(scene.store.asked == 1);
}

TEST_CASE("a connection that was closed meanwhile costs nobody an error, and takes the idle ones along") {
  Scene scene;
  std::shared_ptr<bool> open;
  {
    auto first = scene.pool.borrow();
    auto second = scene.pool.borrow();
    open = first->open;
  }
  CHECK(scene.pool.state().idle == 2);
  *open = false;
  CHECK(scene.pool.borrow()->number == 3);
  CHECK(scene.pool.state().idle == 1);
}

TEST_CASE("a broken connection is not taken back") {
  Scene scene;
  *scene.pool.borrow()->open = false;
  CHECK(scene.pool.state().idle == 0);
  CHECK(scene.pool.borrow()->number == 2);
}

TEST_CASE("a rejected connection is closed together with the idle ones") {
  Scene scene;
  {
    auto first = scene.pool.borrow();
    { auto second = scene.pool.borrow(); }
    first.reject();
  }
  CHECK(scene.pool.state().idle == 0);
  CHECK(scene.pool.state().lent == 0);
  CHECK(scene.pool.borrow()->number == 3);
}

TEST_CASE("a full pool says so after the wait, and names the setting") {
  Scene scene(1, 20ms);
  const auto loan = scene.pool.borrow();
  try {
    scene.pool.borrow();
    FAIL("a second connection was lent");
  } catch (const Error& error) {
    CHECK(error.message == "all 1 connections to the store were in use for 20 ms");
    CHECK(error.hint.find("store.connections_max") != std::string::npos);
  }
  CHECK(scene.pool.state().refusals == 1);
  CHECK(scene.pool.state().waits == 1);
}

TEST_CASE("whoever waits gets the connection that comes back") {
  Scene scene(1);
  auto loan = std::make_unique<Pool<FakeConnection>::Loan>(scene.pool.borrow());
  std::thread borrower([&] { CHECK(scene.pool.borrow()->number == 1); });
  while (scene.pool.state().waiting == 0) std::this_thread::yield();
  loan.reset();
  borrower.join();
}

TEST_CASE("a store that is away is tried by one at a time, and the wait ends in its own error") {
  Scene scene(8, 60ms);
  scene.store.away = true;
  std::vector<std::thread> borrowers;
  std::atomic<int> refused{0};
  for (int i = 0; i < 8; ++i) {
    borrowers.emplace_back([&] {
      try {
        scene.pool.borrow();
      } catch (const Error& error) {
        if (error.message == "the store is away") ++refused;
      }
    });
  }
  for (auto& borrower : borrowers) borrower.join();
  CHECK(refused == 8);
  // Pauses are 1 to 4 ms, so eight that each tried on their own would come to many more.
  CHECK(scene.store.attempts <= 8 + 70);
  CHECK(scene.pool.state().lent == 0);
}

TEST_CASE("a store that comes back within the wait costs no error") {
  Scene scene(4, 30s);
  scene.store.away = true;
  std::thread borrower([&] { CHECK(scene.pool.borrow()->number == 1); });
  while (scene.store.attempts < 3) std::this_thread::yield();
  scene.store.away = false;
  borrower.join();
}

TEST_CASE("many threads never hold more than the limit") {
  Scene scene(3, 30s);
  std::atomic<int> held{0};
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        auto loan = scene.pool.borrow();
        const int now = ++held;
        int seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        if ((i + t) % 17 == 0) *loan->open = false;
        --held;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(most <= 3);
  CHECK(scene.pool.state().lent == 0);
  CHECK(scene.pool.state().idle <= 3);
}

}  // namespace
}  // namespace bigocean::base::pool_test
