// Constructs the stores from the settings.
#include "server/service/stores.hpp"

#include <fmt/format.h>

#include "base/version.hpp"

namespace bigocean::server {

Stores::Stores(const config::Settings& settings)
    : database(settings.database, fmt::format("bigocean-serve/{}", base::version()), &closing),
      redis(settings.redis, &closing) {}

}  // namespace bigocean::server
