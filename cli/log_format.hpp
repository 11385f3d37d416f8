// Which form the log has.
#pragma once

#include "base/log.hpp"
#include "config/settings.hpp"

namespace bigocean::cli {

/// What the settings say; `auto` is JSON in production and on Railway, else text.
base::LogFormat log_format(const config::Settings& settings);

}  // namespace bigocean::cli
