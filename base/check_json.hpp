// A check's report as JSON, for `--json` and for the operators' page.
#pragma once

#include <string>

#include "base/check.hpp"

namespace bigocean::base {

/// One document as docs/check.schema.json says; `exit_code` is that of the command that ran the check.
std::string report_json(const CheckReport& report, int exit_code);

}  // namespace bigocean::base
