// Reads files of the form .env.
#include "config/env_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace bigocean::config {
namespace {

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || is_digit(c); });
}

struct Value {
  std::string text;
  const char* wrong = nullptr;
};

/// The rest of a line after a closing quote may only be a comment.
bool ends_well(std::string_view rest) {
  rest = base::trim(rest);
  return rest.empty() || rest.front() == '#';
}

Value read_literal(std::string_view text) {
  const auto end = text.find('\'', 1);
  if (end == std::string_view::npos) return {{}, "has a quote ' that is not closed on its line"};
  if (!ends_well(text.substr(end + 1))) return {{}, "has text after the closing quote"};
  return {std::string(text.substr(1, end - 1))};
}

Value read_quoted(std::string_view text) {
  Value value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (!ends_well(text.substr(i + 1))) value.wrong = "has text after the closing quote";
      return value;
    }
    if (text[i] != '\\' || i + 1 == text.size()) {
      value.text += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'n':
        value.text += '\n';
        break;
      case 't':
        value.text += '\t';
        break;
      case '"':
      case '\\':
      case '$':
        value.text += text[i];
        break;
      default:
        value.text += {'\\', text[i]};
        break;
    }
  }
  value.wrong = "has a quote \" that is not closed on its line";
  return value;
}

Value read_value(std::string_view text) {
  text = base::trim(text);
  if (text.starts_with('\'')) return read_literal(text);
  if (text.starts_with('"')) return read_quoted(text);
  if (text.starts_with('#')) return {};
  if (const auto comment = std::min(text.find(" #"), text.find("\t#")); comment != std::string_view::npos) {
    text = base::trim(text.substr(0, comment));
  }
  return {std::string(text)};
}

}  // namespace

std::map<std::string, EnvFileValue, std::less<>> parse_env_file(std::string_view text,
                                                                const std::string& file, Faults& faults) {
  std::map<std::string, EnvFileValue, std::less<>> values;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = base::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("export ") || line.starts_with("export\t")) line = base::trim(line.substr(7));

    const std::string place = fmt::format("{}:{}", file, number);
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) {
      faults.add(place, "is not of the form NAME=value", "PORT=4000");
      continue;
    }
    const std::string_view name = base::trim(line.substr(0, equals));
    if (!is_name(name)) {
      faults.add(place, "does not start with a name of letters, digits and _", "PORT=4000");
      continue;
    }
    const Value value = read_value(line.substr(equals + 1));
    if (value.wrong != nullptr) {
      faults.add(fmt::format("{}: {}", place, name), value.wrong, fmt::format("{}=\"value\"", name));
      continue;
    }
    values.insert_or_assign(std::string(name), EnvFileValue{value.text, number});
  }
  return values;
}

}  // namespace bigocean::config
