// Spans: what a piece of work was, and how long it took, as part of a trace.
#include "base/span.hpp"

#include <algorithm>
#include <exception>

#include "base/random_hex.hpp"

namespace bigocean::base {
namespace {

constexpr std::size_t kSpanIdDigits = 16;

thread_local ActiveTrace active;

}  // namespace

ActiveTrace active_trace() { return active; }

TraceScope::TraceScope(ActiveTrace trace) : outer_(std::exchange(active, std::move(trace))) {}

TraceScope::~TraceScope() { active = std::move(outer_); }

Span::Span(std::string_view name, SpanKind kind) {
  if (active.tracer == nullptr || !active.context.is_sampled) return;
  auto context = active.context;
  auto parent = std::exchange(context.span_id, random_hex(kSpanIdDigits));
  begin(*active.tracer, name, kind, std::move(context), std::move(parent));
}

Span::Span(Tracer* tracer, std::string_view name, const std::optional<TraceContext>& caller) {
  if (tracer == nullptr) return;
  auto context = tracer->begin(caller);
  if (!context.is_sampled) {  // other services that are called are told so
    tracer_ = tracer;
    outer_ = std::exchange(active, {tracer, std::move(context)});
    return;
  }
  begin(*tracer, name, SpanKind::kInternal, std::move(context), caller ? caller->span_id : std::string());
  span_->has_remote_parent = caller.has_value();
}

void Span::begin(Tracer& tracer, std::string_view name, SpanKind kind, TraceContext context,
                 std::string parent) {
  tracer_ = &tracer;
  outer_ = std::exchange(active, {&tracer, context});
  span_ = FinishedSpan{.context = std::move(context),
                       .parent_span_id = std::move(parent),
                       .name = std::string(name),
                       .kind = kind,
                       .begin = std::chrono::system_clock::now()};
  began_ = std::chrono::steady_clock::now();
  exceptions_ = std::uncaught_exceptions();
}

Span::~Span() {
  if (tracer_ == nullptr) return;
  if (!span_) {
    active = std::move(outer_);
    return;
  }
  if (std::uncaught_exceptions() > exceptions_ && !span_->has_failed) fail("_OTHER");
  span_->elapsed = std::chrono::steady_clock::now() - began_;
  active = std::move(outer_);
  tracer_->take(std::move(*span_));
}

void Span::hide_inner() {
  if (span_) active = {};
}

void Span::rename(std::string name) {
  if (span_) span_->name = std::move(name);
}

void Span::set(std::string_view name, AttributeValue value) {
  if (!span_) return;
  if (auto* text = std::get_if<std::string>(&value)) text->resize(std::min(text->size(), kTextBytesMax));
  span_->attributes.emplace_back(name, std::move(value));
}

void Span::fail(std::string_view error_type) {
  if (!span_) return;
  span_->has_failed = true;
  set("error.type", std::string(error_type));
}

}  // namespace bigocean::base
