// Lays out --help: wrapped descriptions, the first sentence in lists, exit codes at the end.
#include "cli/help.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace bigocean::cli {
namespace {

constexpr std::size_t kWidth = 90;
constexpr std::size_t kColumn = 30;

struct ExitCodeMeaning {
  base::ExitCode code;
  std::string_view meaning;
  bool retry = false;  ///< the same run may pass later, so a platform may start it again
};
constexpr ExitCodeMeaning kMeanings[] = {
    {base::ExitCode::kDone, "done"},
    {base::ExitCode::kInternal, "internal failure, or unhealthy (healthcheck)"},
    {base::ExitCode::kUsage, "wrong usage or settings"},
    {base::ExitCode::kNotUpToDate, "not up to date"},
    {base::ExitCode::kMigrationLockHeld, "another migration held the lock past the deadline", true},
    {base::ExitCode::kSqlError, "a migration failed with an SQL error"},
    {base::ExitCode::kHistoryConflict, "history conflict: edited, missing, half applied or drifted"},
    {base::ExitCode::kUnreachable, "the server is unreachable or refused the connection", true},
    {base::ExitCode::kLintFindings, "lint findings"},
    {base::ExitCode::kTableLockTimeout, "a table lock was not free before the deadline", true},
    {base::ExitCode::kCheckFailed, "a check failed"},
    {base::ExitCode::kBlockedOthers, "a migration made another session wait too long"},
    {base::ExitCode::kInterrupted, "interrupted (SIGINT)"},
    {base::ExitCode::kTerminated, "terminated (SIGTERM)"},
};

/// `text` in lines of at most `width` bytes, cut at blanks; line ends in it stay.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    // "[env: NAME]" stays in one piece.
    const auto from = text.starts_with('[') ? std::min(text.find(']'), text.size()) : 0;
    const auto end = std::min(text.find_first_of(" \n", from), text.size());
    const auto word = text.substr(0, end);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    if (!lines.back().empty() && !word.empty()) lines.back() += ' ';
    lines.back() += word;
    if (end < text.size() && text[end] == '\n') lines.emplace_back();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string first_sentence(const std::string& text) {
  const auto end = std::min(text.find(". "), text.find(".\n"));
  std::string sentence = text.substr(0, end);
  if (sentence.ends_with('.')) sentence.pop_back();
  return sentence;
}

/// "  name   description", the description wrapped in its own column.
std::string row(const std::string& name, std::string_view description) {
  std::string out = "  " + name;
  bool fresh = out.size() + 2 > kColumn;
  if (fresh) out += '\n';
  for (const auto& line : wrapped(description, kWidth - kColumn)) {
    out +=
        fresh ? std::string(kColumn, ' ') : std::string(kColumn - (out.size() - (out.rfind('\n') + 1)), ' ');
    out += line + "\n";
    fresh = true;
  }
  return out;
}

class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_description(const CLI::App* app) const override {
    return fmt::format("{}\n\n", fmt::join(wrapped(app->get_description(), kWidth), "\n"));
  }

  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string usage = fmt::format("Usage: {}", name.empty() ? app->get_name() : name);
    const auto named = [](const CLI::App* sub) { return !sub->get_name().empty(); };
    if (!app->get_subcommands(named).empty())
      usage += app->get_require_subcommand_min() > 0 ? " COMMAND" : " [COMMAND]";
    usage += " [OPTIONS]";
    for (const auto* option : app->get_options([](const CLI::Option* o) { return o->get_positional(); })) {
      usage += " " + make_option_usage(option);
    }
    return usage + "\n";
  }

  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override {
    std::string out = fmt::format("\n{}:\n", is_positional ? "Arguments" : group);
    for (const auto* option : options) out += make_option(option, is_positional);
    return out;
  }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string name = make_option_name(option, is_positional);
    if (const auto comma = name.find(",--"); comma != name.npos) name.insert(comma + 1, " ");
    if (!is_positional && option->get_expected_max() > 0 && !option->get_type_name().empty()) {
      name += " " + option->get_type_name();
    }
    std::string description = option->get_description();
    if (!option->get_default_str().empty())
      description += fmt::format(" [default: {}]", option->get_default_str());
    if (!description.empty()) description.front() = base::to_upper(description.substr(0, 1)).front();
    return row(name, description);
  }

  std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode) const override {
    std::string out;
    for (const auto* sub : app->get_subcommands([](const CLI::App* s) { return !s->get_name().empty(); })) {
      if (out.empty()) out = "\nCommands:\n";
      out += make_subcommand(sub);
    }
    return out;
  }

  std::string make_subcommand(const CLI::App* sub) const override {
    return row(sub->get_name(), first_sentence(sub->get_description()));
  }

  std::string make_footer(const CLI::App* app) const override {
    std::string out;
    if (app->get_parent() != nullptr) {
      const CLI::App* root = app;
      while (root->get_parent() != nullptr) root = root->get_parent();
      std::vector<std::string> names;
      for (const auto* option :
           root->get_options([](const CLI::Option* o) { return !o->get_lnames().empty(); })) {
        const auto& name = option->get_lnames().front();
        if (name != "help" && name != "version") names.push_back("--" + name);
      }
      if (!names.empty()) {
        out += fmt::format("Everywhere: {} (see `{} --help`)\n\n", fmt::join(names, ", "), root->get_name());
      }
    }
    return out + app->get_footer();
  }
};

}  // namespace

std::string exit_codes_footer(std::initializer_list<int> codes, std::string_view example) {
  std::string out = "Exit codes:\n";
  std::vector<int> retried;
  for (const int code : codes) {
    const auto* entry = std::ranges::find_if(
        kMeanings, [code](const ExitCodeMeaning& one) { return static_cast<int>(one.code) == code; });
    if (entry == std::end(kMeanings))
      throw std::logic_error(fmt::format("exit code {} has no meaning", code));
    out += fmt::format("  {:<4}{}\n", code, entry->meaning);
    if (entry->retry) retried.push_back(code);
  }
  if (!retried.empty()) out += fmt::format("A platform should retry only: {}\n", fmt::join(retried, ", "));
  return out + fmt::format("\nExample:\n  {}\n", example);
}

std::shared_ptr<CLI::FormatterBase> help_formatter() { return std::make_shared<HelpFormatter>(); }

}  // namespace bigocean::cli
