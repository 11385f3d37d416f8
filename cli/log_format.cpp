// Which form the log has.
#include "cli/log_format.hpp"

namespace bigocean::cli {

base::LogFormat log_format(const config::Settings& settings) {
  switch (settings.log.format) {
    case config::LogFormatChoice::kJson:
      return base::LogFormat::kJson;
    case config::LogFormatChoice::kText:
      return base::LogFormat::kText;
    case config::LogFormatChoice::kAuto:
      break;
  }
  const bool for_machines = settings.environment == config::Environment::kProduction || settings.on_railway();
  return for_machines ? base::LogFormat::kJson : base::LogFormat::kText;
}

}  // namespace bigocean::cli
