// Rows that more than one check makes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"

namespace bigocean::base {

/// A row with kOk if `fine`, else with `level`, what was expected and what to do.
Check make_row(std::string_view id, bool fine, CheckLevel level, std::string observed, std::string expected,
               std::string remedy);

/// The row "encryption": ok with TLS, info without TLS on a private network, else a warning. An empty
/// `tls_version` means that the session is not encrypted.
Check encryption_row(const std::string& tls_version, std::string_view host, std::string remedy);

/// The row "clock": how far the server's clock (`there`) is from this machine's clock at the moment of the
/// request (`here`); both are times since the epoch.
Check clock_row(std::chrono::microseconds there, std::chrono::microseconds here,
                std::chrono::milliseconds skew_max);

/// The smallest value that at least `percent` of the values do not exceed (nearest rank); `sorted` must not
/// be empty.
std::chrono::microseconds percentile(const std::vector<std::chrono::microseconds>& sorted,
                                     std::size_t percent);

}  // namespace bigocean::base
