// How help looks: one formatter for all subcommands, and the footer with exit codes and an example.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace CLI {
class App;
class FormatterBase;
}  // namespace CLI

namespace bigocean::cli {

/// The end of a subcommand's help, for CLI::App::footer(): what each exit code means here, which of
/// them a platform should retry, and one example.
///   app.footer(exit_codes_footer({0, 2, 7}, "bigocean check-db --timeout 3s"));
/// Codes must be ones of base::ExitCode; 1 (internal failure) may be left out, it can always happen.
std::string exit_codes_footer(std::initializer_list<int> codes, std::string_view example);

/// Wraps descriptions at 90 columns; main.cpp gives it to the root, subcommands inherit it. A subcommand's
/// description is one or more sentences; the first one stands in the list of subcommands.
std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace bigocean::cli
