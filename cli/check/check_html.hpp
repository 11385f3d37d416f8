// A check's report as a file to look at.
#pragma once

#include <string>

#include "base/check.hpp"

namespace bigocean::cli {

/// One file of HTML with all that render_report() says.
std::string report_html(const base::CheckReport& report);

}  // namespace bigocean::cli
