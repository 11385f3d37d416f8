// What `migrate plan` and `migrate status` found, as a file to look at.
#pragma once

#include <string>

#include "cli/migrate/output.hpp"

namespace bigocean::cli {

/// One file of HTML with what these two subcommands say.
std::string render_html(const MigrateDocument& document, const std::string& target);

}  // namespace bigocean::cli
