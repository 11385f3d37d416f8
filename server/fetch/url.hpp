// Splits an http or https URL into its parts.
#pragma once

#include <string>
#include <string_view>

namespace bigocean::server::http {

struct Url {
  bool tls = false;
  std::string authority;  ///< "[::1]:4000", as the Host header has it
  std::string host;       ///< "::1"
  int port = 0;
  std::string target;  ///< "/health?x=1"; "/" where the URL has none
};

/// Throws base::Error(kUsage) for any other text; `example` is a correct URL, for the hint.
Url parse_url(const std::string& url, std::string_view example);

}  // namespace bigocean::server::http
