// Where error reports go, read from a Sentry DSN.
#pragma once

#include <string>

#include "config/secret.hpp"

namespace bigocean::config {

/// Of scheme://key[:secret]@host[:port][/path]/project.
struct SentryDsn {
  std::string envelope_url;  ///< scheme://host[:port][/path]/api/project/envelope/
  std::string key;  ///< the public key; the secret key of old DSNs is ignored, Sentry no longer uses it
};

/// Throws base::Error(kUsage) for a DSN that check_sentry_dsn() in config/url.hpp refuses.
SentryDsn parse_sentry_dsn(const Secret& dsn);

}  // namespace bigocean::config
