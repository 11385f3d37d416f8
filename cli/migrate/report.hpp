// Reports a deploy whose migration failed to Sentry.
#pragma once

#include <exception>
#include <string>

#include "config/settings.hpp"

namespace bigocean::cli {

/// Reports only for `up`, which deploys run, only with SENTRY_DSN, and neither for wrong usage nor for
/// signals. Takes at most sentry.timeout; if Sentry does not accept the report, a line on standard error says
/// so.
void report_failed_migrate(const config::Settings& settings, const std::string& command,
                           const std::exception& error);

}  // namespace bigocean::cli
