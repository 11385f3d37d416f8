// Rows that more than one check makes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"

namespace bigocean::base {

/// A row that is ok, or else `level` with what was expected and what to do.
Check make_row(std::string_view id, bool fine, CheckLevel level, std::string observed, std::string expected,
               std::string remedy);

/// "encryption": ok with TLS, info without it on a private network, else a warning. An empty `tls_version`
/// means a plain session.
Check encryption_row(const std::string& tls_version, std::string_view host, std::string remedy);

/// "clock": how far the server's clock is from `here`, this machine's at the moment it was asked; both since
/// the epoch.
Check clock_row(std::chrono::microseconds there, std::chrono::microseconds here,
                std::chrono::milliseconds skew_max);

/// The smallest value that at least `percent` of the values do not exceed (nearest rank); `sorted` must not
/// be empty.
std::chrono::microseconds percentile(const std::vector<std::chrono::microseconds>& sorted,
                                     std::size_t percent);

}  // namespace bigocean::base
