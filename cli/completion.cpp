// `bigocean completion bash|zsh`: a script made from the tree of subcommands and options, so it is never
// stale.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/help.hpp"
#include "cli/option_error.hpp"

namespace bigocean::cli {
namespace {

struct OptionWord {
  std::string name;  ///< with its dashes
  std::string type;  ///< "FILE", "DIR", "a|b|c", or what else help shows; empty: takes no value
  std::string help;
};

/// One command line so far, and what may come next.
struct Level {
  std::string path;
  std::vector<std::pair<std::string, std::string>> commands;  ///< name, first sentence
  std::vector<OptionWord> options;
};

std::string brief(const std::string& text) {
  std::string result = text.substr(0, std::min(text.find(". "), text.find(" [")));
  // The scripts put it between single quotes, and zsh splits at the first colon.
  std::erase_if(result, [](char c) { return c == '\'' || c == '\n' || c == '\\'; });
  return result;
}

void add_options(const CLI::App& app, Level& level) {
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) {
      const bool known = std::any_of(level.options.begin(), level.options.end(),
                                     [&](const auto& o) { return o.name == "--" + name; });
      const bool takes_value = option->get_expected_max() > 0;
      if (!known)
        level.options.push_back(
            {"--" + name, takes_value ? option->get_type_name() : "", brief(option->get_description())});
    }
  }
}

void collect(const CLI::App& root, const CLI::App& app, std::vector<Level>& levels) {
  Level level{command_path(app), {}, {}};
  const auto subs = app.get_subcommands([](const CLI::App* sub) { return !sub->get_name().empty(); });
  for (const auto* sub : subs) level.commands.emplace_back(sub->get_name(), brief(sub->get_description()));
  add_options(app, level);
  add_options(root, level);  // taken everywhere, unlike those of a command between the two
  levels.push_back(std::move(level));
  for (const auto* sub : subs) collect(root, *sub, levels);
}

/// Every option of the tree once; one name means the same everywhere.
std::vector<OptionWord> options_with_values(const std::vector<Level>& levels) {
  std::vector<OptionWord> result;
  for (const auto& level : levels) {
    for (const auto& option : level.options) {
      const bool known =
          std::any_of(result.begin(), result.end(), [&](const auto& o) { return o.name == option.name; });
      if (!known && !option.type.empty()) result.push_back(option);
    }
  }
  return result;
}

/// The `case` that walks from word to word down the tree.
std::string steps(const std::vector<Level>& levels) {
  std::string out;
  for (const auto& level : levels) {
    for (const auto& [name, help] : level.commands) {
      out += fmt::format("      '{0} {1}') level='{0} {1}' ;;\n", level.path, name);
    }
  }
  return out;
}

std::string choices_of(const std::string& type) {
  std::string words = type;
  if (words.find('|') == words.npos) return {};
  std::replace(words.begin(), words.end(), '|', ' ');
  return words;
}

std::string bash_script(const std::vector<Level>& levels) {
  std::string out =
      "# bash completion of bigocean: source <(bigocean completion bash)\n"
      "_bigocean() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} level=bigocean word "
      "words=''\n"
      "  # bash cuts --option=value into three words.\n"
      "  if [[ $current == '=' ]]; then current=''; "
      "elif [[ $previous == '=' ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$level $word\" in\n" +
      steps(levels) +
      "    esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  case $previous in\n";
  for (const auto& option : options_with_values(levels)) {
    const auto choices = choices_of(option.type);
    std::string action = "return";
    if (option.type == "FILE")
      action =
          "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return";
    if (option.type == "DIR")
      action =
          "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$current\"); return";
    if (!choices.empty())
      action = fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$current\"); return", choices);
    out += fmt::format("    {}) {} ;;\n", option.name, action);
  }
  out += "  esac\n  case $level in\n";
  for (const auto& level : levels) {
    std::vector<std::string> words;
    for (const auto& [name, help] : level.commands) words.push_back(name);
    for (const auto& option : level.options) words.push_back(option.name);
    out += fmt::format("    '{}') words='{}' ;;\n", level.path, fmt::join(words, " "));
  }
  return out +
         "  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "}\n"
         "complete -F _bigocean bigocean\n";
}

std::string zsh_script(const std::vector<Level>& levels) {
  std::string out =
      "#compdef bigocean\n"
      "# zsh completion of bigocean: bigocean completion zsh > \"${fpath[1]}/_bigocean\"\n"
      "_bigocean() {\n"
      "  local level=bigocean word\n"
      "  local -a commands options\n"
      "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
      "    case \"$level $word\" in\n" +
      steps(levels) +
      "    esac\n"
      "  done\n"
      "  case ${words[CURRENT-1]} in\n";
  for (const auto& option : options_with_values(levels)) {
    const auto choices = choices_of(option.type);
    std::string action = "_message 'value'";
    if (option.type == "FILE") action = "_files";
    if (option.type == "DIR") action = "_files -/";
    if (!choices.empty()) action = "compadd -- " + choices;
    out += fmt::format("    {}) {}; return ;;\n", option.name, action);
  }
  out += "  esac\n  case $level in\n";
  for (const auto& level : levels) {
    out += fmt::format("    '{}')\n      commands=(", level.path);
    for (const auto& [name, help] : level.commands) out += fmt::format(" '{}:{}'", name, help);
    out += " )\n      options=(";
    for (const auto& option : level.options) out += fmt::format(" '{}:{}'", option.name, option.help);
    out += " ) ;;\n";
  }
  return out +
         "  esac\n"
         "  (( ${#commands} )) && _describe -t commands command commands\n"
         "  _describe -o -t options option options\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _bigocean ]; then _bigocean \"$@\"; else compdef _bigocean bigocean; fi\n";
}

}  // namespace

void add_completion(CLI::App& root, Invocation& invocation) {
  auto* app = root.add_subcommand("completion",
                                  "Print a completion script for a shell. It completes subcommands, options, "
                                  "files, and the words an option "
                                  "allows.");
  app->require_subcommand(1);
  app->footer(exit_codes_footer({0, 2}, "source <(bigocean completion bash)"));
  const auto add_shell = [&](const char* name, const char* description, const char* example, auto script) {
    auto* shell = app->add_subcommand(name, description);
    shell->footer(exit_codes_footer({0, 2}, example));
    shell->callback([&root, &invocation, script] {
      invocation.needs_settings = false;
      invocation.run = [&root, script](const config::Loaded&) {
        std::vector<Level> levels;
        collect(root, root, levels);
        const std::string text = script(levels);
        std::fwrite(text.data(), 1, text.size(), stdout);
        return 0;
      };
    });
  };
  add_shell("bash", "Print the script for bash.", "source <(bigocean completion bash)", bash_script);
  add_shell("zsh", "Print the script for zsh.", "bigocean completion zsh > \"${fpath[1]}/_bigocean\"",
            zsh_script);
}

}  // namespace bigocean::cli
