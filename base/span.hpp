// Spans: what a piece of work was, and how long it took, as part of a trace.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/trace_context.hpp"

namespace bigocean::base {

/// As OTLP numbers them.
enum class SpanKind { kInternal = 1, kServer = 2, kClient = 3 };

using AttributeValue = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;

/// A span that has ended. Its name and its attributes hold nothing that a person or a row of data says: they
/// leave the machine.
struct FinishedSpan {
  TraceContext context;
  std::string parent_span_id{};  ///< empty: the first of its trace
  bool has_remote_parent = false;
  std::string name;
  SpanKind kind = SpanKind::kInternal;
  std::chrono::system_clock::time_point begin;
  std::chrono::nanoseconds elapsed{0};
  std::vector<std::pair<std::string, AttributeValue>> attributes{};
  bool has_failed = false;
};

/// Decides which traces are recorded, and takes their spans. Thread-safe.
class Tracer {
 public:
  virtual ~Tracer() = default;

  /// The place of the first span of this process in a trace: in the caller's trace, or in a new one.
  virtual TraceContext begin(const std::optional<TraceContext>& caller) = 0;

  /// Whether the ids of its traces are sent to other services.
  virtual bool is_passed_on() const = 0;

  /// Never waits.
  virtual void take(FinishedSpan span) = 0;
};

/// The trace that a thread works for. Empty: none.
struct ActiveTrace {
  Tracer* tracer = nullptr;
  TraceContext context{};
};

/// The calling thread's; for work that another thread does for it.
ActiveTrace active_trace();

/// The calling thread works for `trace` as long as this lives; with an empty one, for none: then spans are
/// not recorded. Scopes and spans end in the reverse order of their beginning.
class TraceScope {
 public:
  explicit TraceScope(ActiveTrace trace);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  ActiveTrace outer_;
};

/// A span from construction to destruction, below the calling thread's active one, which it is meanwhile. If
/// the thread works for no trace that is recorded, nothing happens. When an exception ends it and no cause
/// was set, error.type is "_OTHER". Not thread-safe.
class Span {
 public:
  explicit Span(std::string_view name, SpanKind kind = SpanKind::kInternal);
  /// The first of this process in its trace, below `caller`. Without a tracer nothing happens.
  Span(Tracer* tracer, std::string_view name, const std::optional<TraceContext>& caller = {});
  ~Span();
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  /// What the thread does until the end gets no spans of its own: for waits that look again and again.
  void hide_inner();

  /// Whether it is worth computing attributes.
  bool is_recorded() const { return span_.has_value(); }

  void rename(std::string name);
  void set(std::string_view name, AttributeValue value);
  /// Texts are cut to kTextBytesMax.
  static constexpr std::size_t kTextBytesMax = 2048;

  /// The work failed; `error_type` is the value of error.type: "timeout", a SQLSTATE, "503".
  void fail(std::string_view error_type);

 private:
  void begin(Tracer& tracer, std::string_view name, SpanKind kind, TraceContext context, std::string parent);

  std::optional<FinishedSpan> span_;  ///< nothing: it is not recorded
  Tracer* tracer_ = nullptr;          ///< null: this changed nothing
  ActiveTrace outer_{};
  std::chrono::steady_clock::time_point began_{};
  int exceptions_ = 0;
};

}  // namespace bigocean::base
