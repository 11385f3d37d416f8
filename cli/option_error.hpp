// Errors of the command line, with the nearest right word.
#pragma once

#include "base/error.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace bigocean::cli {

/// The innermost subcommand that was parsed; `root` when none was.
const CLI::App& innermost(const CLI::App& root);

/// "bigocean migrate status"
std::string command_path(const CLI::App& app);

/// What CLI11 found wrong, as an error of exit code 2: an unknown subcommand or option comes with the nearest
/// one of the whole tree, everything with the way to the right --help. Shows no value of an option.
base::Error usage_error(const CLI::App& root, const CLI::ParseError& failure);

}  // namespace bigocean::cli
