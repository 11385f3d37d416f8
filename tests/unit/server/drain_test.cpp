// When a drain is quiet, when it calls, and when it has run out.
#include "server/http/drain.hpp"

#include <doctest/doctest.h>

namespace bigocean::server::http::drain_test {
namespace {

using namespace std::chrono_literals;

const Drain::Time kBegin = Drain::Time{} + 1h;

TEST_CASE("before it begins a drain neither ends nor calls") {
  Drain drain(2s);
  CHECK_FALSE(drain.has_begun());
  CHECK_FALSE(drain.has_run_out(kBegin + 24h));
  CHECK_FALSE(drain.take_last_call(kBegin + 24h));
}

TEST_CASE("it is quiet when no request has come for a while, and each one begins that anew") {
  Drain drain(2s);
  drain.note_request(kBegin - 1s);
  drain.begin(kBegin, 10s);
  CHECK(drain.has_begun());
  CHECK_FALSE(drain.is_quiet(kBegin));
  CHECK(drain.next_look(false) == kBegin + 1s);
  CHECK(drain.is_quiet(kBegin + 1s));
  drain.note_request(kBegin + 500ms);
  CHECK_FALSE(drain.is_quiet(kBegin + 1s));
  CHECK(drain.next_look(false) == kBegin + 2500ms);
  CHECK(drain.next_look(true) == kBegin + 9s);
  CHECK(drain.take_closing_of_idle());
  CHECK_FALSE(drain.take_closing_of_idle());
}

TEST_CASE("without a request it is quiet at once") {
  Drain drain(2s);
  drain.begin(kBegin, 10s);
  CHECK(drain.is_quiet(kBegin));
}

TEST_CASE("the last call comes once, a quarter of the time before the end, at most a second") {
  for (const auto& [timeout, call] : {std::pair{10s, 9000ms}, std::pair{2s, 1500ms}}) {
    Drain drain(0s);
    drain.begin(kBegin, timeout);
    CHECK(drain.next_look(true) == kBegin + call);
    CHECK_FALSE(drain.take_last_call(kBegin + call - 1ms));
    CHECK(drain.take_last_call(kBegin + call));
    CHECK_FALSE(drain.take_last_call(kBegin + call));
    CHECK(drain.next_look(true) == kBegin + timeout);
    CHECK_FALSE(drain.has_run_out(kBegin + timeout - 1ms));
    CHECK(drain.has_run_out(kBegin + timeout));
  }
}

}  // namespace
}  // namespace bigocean::server::http::drain_test
