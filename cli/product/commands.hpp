// The commands of the product.
#pragma once

#include "cli/command.hpp"

namespace bigocean::cli {

void add_serve(CLI::App& root, Invocation& invocation);
void add_budget(CLI::App& root, Invocation& invocation);

}  // namespace bigocean::cli
