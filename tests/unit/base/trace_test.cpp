// Trace contexts as headers, and spans as a thread's work.
#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/span.hpp"
#include "base/trace_context.hpp"

namespace trace_test {

using namespace bigocean::base;

namespace {

const std::string kId = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kParent = "00f067aa0ba902b7";

/// Keeps what it takes; records what the caller does not forbid.
struct Keeper : Tracer {
  TraceContext begin(const std::optional<TraceContext>& caller) override {
    TraceContext context{.trace_id = caller ? caller->trace_id : kId, .span_id = "1111111111111111"};
    context.is_sampled = !caller || caller->is_sampled;
    return context;
  }
  bool is_passed_on() const override { return true; }
  void take(FinishedSpan span) override { spans.push_back(std::move(span)); }

  std::vector<FinishedSpan> spans;
};

}  // namespace

TEST_CASE("traceparent: good ones, and what makes one malformed") {
  const auto good = parse_traceparent("00-" + kId + "-" + kParent + "-01", "a=1,b=2");
  REQUIRE(good);
  CHECK(good->trace_id == kId);
  CHECK(good->span_id == kParent);
  CHECK(good->is_sampled);
  CHECK(good->state == "a=1,b=2");
  CHECK(traceparent_of(*good) == "00-" + kId + "-" + kParent + "-01");
  for (const auto& [flags, sampled] : std::map<std::string, bool>{
           {"00", false}, {"02", false}, {"03", true}, {"ff", true}, {"fe", false}, {"1b", true}}) {
    CAPTURE(flags);
    const auto context = parse_traceparent("00-" + kId + "-" + kParent + "-" + flags, "");
    REQUIRE(context);
    CHECK(context->is_sampled == sampled);
  }
  CHECK(parse_traceparent(" 00-" + kId + "-" + kParent + "-01 ", ""));
  CHECK(parse_traceparent("cc-" + kId + "-" + kParent + "-01", ""));
  CHECK(parse_traceparent("cc-" + kId + "-" + kParent + "-01-later", ""));
  for (const std::string& bad : std::vector<std::string>{
           "", "00", "00-" + kId + "-" + kParent, "00-" + kId + "-" + kParent + "-0",
           "00-" + kId + "-" + kParent + "-01-", "00-" + kId + "-" + kParent + "-01x",
           "00-" + kId + "-" + kParent + "-0g", "ff-" + kId + "-" + kParent + "-01",
           "0g-" + kId + "-" + kParent + "-01", "cc-" + kId + "-" + kParent + "-01later",
           "00-" + std::string(32, '0') + "-" + kParent + "-01",
           "00-" + kId + "-" + std::string(16, '0') + "-01", "00_" + kId + "-" + kParent + "-01",
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + kParent + "-01"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_traceparent(bad, "a=1"));
  }
}

TEST_CASE("a tracestate that is anything but a list of other systems' members is left out") {
  const auto parent = "00-" + kId + "-" + kParent + "-01";
  for (const std::string& good : {std::string("a=1"), std::string("vendor@sys=x y:z!,b=2"),
                                  std::string("a=1 , b=2"), "a=" + std::string(256, 'x')})
    CHECK(parse_traceparent(parent, good)->state == good);
  std::string many = "a0=1";
  for (int i = 1; i <= 32; ++i) many += ",a" + std::to_string(i) + "=1";
  for (const std::string& bad :
       {std::string("I am so sad"), std::string("a"), std::string("=1"), std::string("a="),
        std::string("A=1"), std::string("a=1=2"), std::string("a b=1"), std::string("a=1,words"), many,
        "a=" + std::string(257, 'x'),
        "a=" + std::string(250, 'x') + ",b=" + std::string(250, 'x') + ",c=" + std::string(20, 'x'),
        std::string("a=1\r\nX: y"), std::string("a=\xc3\xa4")}) {
    CAPTURE(bad);
    CHECK(parse_traceparent(parent, bad)->state == "");
  }
}

TEST_CASE("spans: nested, of one trace, in the order of their ends") {
  Keeper keeper;
  {
    Span outer(&keeper, "outer", TraceContext{.trace_id = kId, .span_id = kParent, .is_sampled = true});
    outer.set("n", std::int64_t{1});
    {
      Span inner("inner", SpanKind::kClient);
      CHECK(inner.is_recorded());
      CHECK(active_trace().context.span_id != "1111111111111111");
    }
    CHECK(active_trace().context.span_id == "1111111111111111");
  }
  CHECK(active_trace().tracer == nullptr);
  REQUIRE(keeper.spans.size() == 2);
  CHECK(keeper.spans[0].name == "inner");
  CHECK(keeper.spans[0].parent_span_id == "1111111111111111");
  CHECK(keeper.spans[0].context.trace_id == kId);
  CHECK(keeper.spans[1].parent_span_id == kParent);
  CHECK(keeper.spans[1].has_remote_parent);
  CHECK(keeper.spans[1].elapsed >= keeper.spans[0].elapsed);
}

TEST_CASE(
    "nothing is recorded without a tracer, in a trace that is not, in a scope without one, behind a wait") {
  Keeper keeper;
  { const Span nobody("nobody"); }
  { const Span nobody(nullptr, "nobody"); }
  {
    const Span outer(&keeper, "outer", TraceContext{.trace_id = kId, .span_id = kParent});
    const Span inner("inner");
    CHECK_FALSE(inner.is_recorded());
    // Other services that are called are told that it is not recorded.
    CHECK(active_trace().context.trace_id == kId);
    CHECK_FALSE(active_trace().context.is_sampled);
  }
  CHECK(active_trace().tracer == nullptr);
  CHECK(keeper.spans.empty());
  {
    const Span outer(&keeper, "outer");
    {
      const TraceScope nobody({});
      const Span inner("inner");
    }
    Span wait("wait");
    wait.hide_inner();
    const Span look("look");
  }
  REQUIRE(keeper.spans.size() == 2);
  CHECK(keeper.spans[0].name == "wait");
  CHECK(keeper.spans[1].name == "outer");
}

TEST_CASE("another thread works for a trace by its scope only") {
  Keeper keeper;
  const Span outer(&keeper, "outer");
  const auto trace = active_trace();
  std::thread([&] {
    { const Span unseen("unseen"); }
    const TraceScope scope(trace);
    const Span seen("seen");
  }).join();
  REQUIRE(keeper.spans.size() == 1);
  CHECK(keeper.spans[0].name == "seen");
  CHECK(keeper.spans[0].parent_span_id == "1111111111111111");
}

TEST_CASE("an exception marks the spans that it ends, and a cause that was set stays") {
  Keeper keeper;
  try {
    const Span outer(&keeper, "outer");
    Span inner("inner");
    inner.fail("42P01");
    throw std::runtime_error("x");
  } catch (const std::runtime_error&) {
    // Not by an exception that was on its way before.
    const Span later(&keeper, "later");
  }
  REQUIRE(keeper.spans.size() == 3);
  CHECK(std::get<std::string>(keeper.spans[0].attributes.at(0).second) == "42P01");
  CHECK(std::get<std::string>(keeper.spans[1].attributes.at(0).second) == "_OTHER");
  CHECK(keeper.spans[1].has_failed);
  CHECK_FALSE(keeper.spans[2].has_failed);
}

TEST_CASE("texts are cut") {
  Keeper keeper;
  { Span(&keeper, "x").set("text", std::string(10'000, 'a')); }
  CHECK(std::get<std::string>(keeper.spans.at(0).attributes.at(0).second).size() == Span::kTextBytesMax);
}

}  // namespace trace_test
