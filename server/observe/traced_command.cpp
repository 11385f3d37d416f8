// A command of the program as a trace.
#include "server/observe/traced_command.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/error.hpp"
#include "base/span.hpp"
#include "base/standard_error.hpp"
#include "server/observe/otlp_tracer.hpp"

namespace bigocean::server::observe {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

/// Sends what is left when the command ends, however it ends.
class Sending {
 public:
  explicit Sending(OtlpTracer& tracer) : tracer_(tracer) {}
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;
  ~Sending() {
    std::fflush(stdout);
    tracer_.flush(OtlpTracer::Clock::time_point::max());
    const auto counts = tracer_.counts();
    const auto lost = counts.dropped + counts.undelivered + counts.rejected;
    if (lost == 0) return;
    base::tell(
        fmt::format("warning: {} of {} spans were not sent: {}\n", lost, lost + counts.sent, counts.fault));
  }

 private:
  OtlpTracer& tracer_;
};

}  // namespace

int run_traced(const config::Settings& settings, const std::string& name, const std::function<int()>& work) {
  if (!OtlpTracer::is_wanted(settings)) return work();
  std::optional<OtlpTracer> started;
  try {
    started.emplace(settings, nullptr);
  } catch (const std::system_error& error) {  // no thread is to be had
    base::tell(fmt::format("warning: no spans are recorded: {}\n", error.what()));
    return work();
  }
  auto& tracer = *started;
  const Sending sending(tracer);
  const auto caller = tracer.is_passed_on()
                          ? base::parse_traceparent(variable("TRACEPARENT"), variable("TRACESTATE"))
                          : std::nullopt;
  base::Span span(&tracer, name, caller);
  const auto ended = [&](int code) {
    span.set("process.exit.code", std::int64_t{code});
    if (code != 0) span.fail("exit_" + std::to_string(code));
  };
  try {
    const int code = work();
    ended(code);
    return code;
  } catch (const base::Error& error) {
    ended(static_cast<int>(error.code));
    throw;
  }
}

}  // namespace bigocean::server::observe
