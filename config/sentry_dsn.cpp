// Where error reports go, read from a Sentry DSN.
#include "config/sentry_dsn.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "config/url.hpp"

namespace bigocean::config {

SentryDsn parse_sentry_dsn(const Secret& dsn) {
  const std::string_view text = dsn.reveal();
  if (const auto fault = text.empty() ? std::optional(Fault{"is empty", {}}) : check_sentry_dsn(text)) {
    throw base::Error(base::ExitCode::kUsage, "SENTRY_DSN " + fault->wrong,
                      "copy it from the project's settings in Sentry; it looks like https://key@host/42");
  }
  const auto begin = text.find("://") + 3;
  const auto at = text.find('@', begin);
  const auto project = text.rfind('/') + 1;
  const auto user = text.substr(begin, at - begin);
  return {.envelope_url = fmt::format("{}{}api/{}/envelope/", text.substr(0, begin),
                                      text.substr(at + 1, project - at - 1), text.substr(project)),
          .key = std::string(user.substr(0, user.find(':')))};
}

}  // namespace bigocean::config
