// A command of the program as a trace.
#pragma once

#include <functional>
#include <string>

#include "config/settings.hpp"

namespace bigocean::server::observe {

/// Runs `work`, which returns an exit code, and returns that. If traces are on, it is a span `name` below the
/// caller's that the environment names (TRACEPARENT and TRACESTATE,
/// https://opentelemetry.io/docs/specs/otel/context/env-carriers/), and is sent before this returns or
/// throws, within traces.flush_timeout. Spans that could not be sent are a warning on standard error.
int run_traced(const config::Settings& settings, const std::string& name, const std::function<int()>& work);

}  // namespace bigocean::server::observe
