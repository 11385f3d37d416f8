// Tells Sentry of a deploy whose migration failed.
#pragma once

#include <exception>
#include <string>

#include "config/settings.hpp"

namespace bigocean::cli {

/// Only for `up`, which is what deploys run, only with SENTRY_DSN, and neither for wrong usage nor for
/// signals. Takes at most sentry.timeout; where Sentry does not take the report, a line on standard error
/// says so.
void report_failed_migrate(const config::Settings& settings, const std::string& command,
                           const std::exception& error);

}  // namespace bigocean::cli
