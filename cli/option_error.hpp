// Errors of the command line, with a suggestion.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/error.hpp"

namespace bigocean::cli {

/// Thrown while parsing: an option stands before a subcommand that does not have it.
class MisplacedOption : public CLI::ParseError {
 public:
  /// `name` with its dashes.
  explicit MisplacedOption(const std::string& name) : ParseError(name, CLI::ExitCodes::ExtrasError) {}
};

/// The innermost subcommand that was parsed; `root` when none was.
const CLI::App& innermost(const CLI::App& root);

/// "bigocean migrate status"
std::string command_path(const CLI::App& app);

/// What CLI11 found wrong, as an error of exit code 2: an unknown subcommand or option comes with the nearest
/// one that can stand there, an option of other commands with their names, everything with the way to the
/// right --help. Shows no value of an option.
base::Error usage_error(const CLI::App& root, const CLI::ParseError& failure);

}  // namespace bigocean::cli
