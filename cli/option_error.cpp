// Converts CLI11's errors into ours, with suggestions.
#include "cli/option_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "config/secret.hpp"

namespace bigocean::cli {
namespace {

std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* sub) { return !sub->get_name().empty(); });
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) {
      if (option != app.get_help_ptr()) names.push_back("--" + name);
    }
  }
  return names;
}

/// A word that can be typed, and the app it is typed behind.
struct Word {
  std::string text;
  const CLI::App* app;
};

void collect(const CLI::App& app, bool options, std::vector<Word>& words) {
  if (options) {
    for (auto& name : options_of(app)) words.push_back({std::move(name), &app});
  }
  for (const auto* sub : subcommands_of(app)) {
    if (!options) words.push_back({sub->get_name(), &app});
    collect(*sub, options, words);
  }
}

/// What can be typed behind `here`; for options also what outer commands have.
std::vector<std::string> near_words(const CLI::App& here, bool option) {
  std::vector<std::string> near;
  for (const CLI::App* app = &here; app != nullptr; app = app->get_parent()) {
    if (option) {
      for (auto& name : options_of(*app)) near.push_back(std::move(name));
    } else if (app == &here) {
      for (const auto* sub : subcommands_of(*app)) near.push_back(sub->get_name());
    }
  }
  return near;
}

/// The commands beside `here` that have this very option: " (`up` and `plan` have it)"; or nothing.
std::string who_has(const CLI::App& here, const std::string& option) {
  if (here.get_parent() == nullptr) return {};
  std::vector<std::string> names;
  for (const auto* sub : subcommands_of(*here.get_parent())) {
    const auto options = options_of(*sub);
    if (std::find(options.begin(), options.end(), option) != options.end())
      names.push_back(fmt::format("`{}`", sub->get_name()));
  }
  if (names.empty()) return {};
  const auto last = names.back();
  names.pop_back();
  if (names.empty()) return fmt::format(" ({} has it)", last);
  return fmt::format(" ({} and {} have it)", fmt::join(names, ", "), last);
}

std::string suggestion(const CLI::App& root, const CLI::App& here, const std::string& word) {
  const bool option = word.starts_with("-");
  const auto others = option ? who_has(here, word) : std::string();
  const auto near = near_words(here, option);
  const std::vector<std::string_view> near_views(near.begin(), near.end());
  if (auto text = base::did_you_mean(word, near_views) + others; !text.empty()) return text;

  std::vector<Word> far;
  collect(root, option, far);
  std::vector<std::string_view> far_views;
  for (const auto& entry : far) far_views.push_back(entry.text);
  const auto found = base::nearest(word, far_views);
  if (!found) return {};
  for (const auto& entry : far) {
    if (entry.text == *found)
      return fmt::format(" (did you mean `{} {}`?)", command_path(*entry.app), entry.text);
  }
  return {};
}

/// An unexpected argument may be a secret that lost its option: shown only when it looks like a plain word.
std::string shown(const std::string& word) {
  constexpr std::size_t kCharactersMax = 32;
  const bool plain = word.size() <= kCharactersMax &&
                     word.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") == word.npos;
  return plain && !word.starts_with("sk-") ? fmt::format("`{}`", word) : std::string("(not shown)");
}

}  // namespace

const CLI::App& innermost(const CLI::App& root) {
  const CLI::App* app = &root;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return *app;
}

std::string command_path(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : command_path(*app.get_parent()) + " " + app.get_name();
}

base::Error usage_error(const CLI::App& root, const CLI::ParseError& failure) {
  const CLI::App& here = innermost(root);
  const std::string path = command_path(here);
  std::string message, hint = fmt::format("`{} --help` shows what there is", path);
  const bool misplaced = dynamic_cast<const MisplacedOption*>(&failure) != nullptr;
  const auto rest = misplaced ? std::vector<std::string>{failure.what()} : root.remaining(true);
  if (!rest.empty()) {
    const std::string word = rest.front().substr(0, rest.front().find('='));
    const bool option = word.starts_with("-");
    const bool command = !option && !subcommands_of(here).empty();
    message = fmt::format("{}: unknown {} {}{}", path,
                          option    ? "option"
                          : command ? "subcommand"
                                    : "argument",
                          shown(word), suggestion(root, here, word));
    if (option && !who_has(here, word).empty()) {
      hint =
          fmt::format("{} has {}; `{} --help` explains them", path, fmt::join(options_of(here), ", "), path);
    }
  } else if (dynamic_cast<const CLI::RequiredError*>(&failure) != nullptr && !subcommands_of(here).empty()) {
    std::vector<std::string> names;
    for (const auto* sub : subcommands_of(here)) names.push_back(sub->get_name());
    message = fmt::format("{}: a subcommand is missing: {}", path, fmt::join(names, ", "));
  } else {
    message = fmt::format("{}: {}", path, config::redact_urls(failure.what()));
  }
  return {base::ExitCode::kUsage, message, hint};
}

}  // namespace bigocean::cli
