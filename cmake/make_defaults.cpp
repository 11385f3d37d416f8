// Writes the values of a TOML file as a C++ table, by dotted key, in order: make_defaults IN.toml OUT.cpp NAMESPACE
#include <fmt/format.h>
#include <toml++/toml.h>

#include <exception>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace {

std::string text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return fmt::format("{}", whole->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  throw std::runtime_error("neither a text, a number nor a truth value");
}

void collect(const toml::table& table, const std::string& prefix, std::map<std::string, std::string>& rows) {
  for (const auto& [key, node] : table) {
    const auto name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      collect(*inner, name + ".", rows);
    } else {
      rows[name] = text_of(node);
    }
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) return 2;
  std::map<std::string, std::string> rows;
  collect(toml::parse_file(argv[1]), "", rows);
  std::ofstream out(argv[2]);
  const std::string name_space = argv[3];
  out << fmt::format("// Made by cmake/make_defaults.cpp.\n#include \"config/default_values.hpp\"\n\n"
                     "namespace bigocean::{0} {{\n\n"
                     "std::span<const bigocean::config::DefaultValue> default_values();\n"
                     "std::span<const bigocean::config::DefaultValue> default_values() {{\n"
                     "  static constexpr bigocean::config::DefaultValue kValues[] = {{\n",
                     name_space);
  for (const auto& [key, text] : rows) out << fmt::format("      {{\"{}\", R\"({})\"}},\n", key, text);
  out << fmt::format("  }};\n  return kValues;\n}}\n\n}}  // namespace bigocean::{}\n", name_space);
  return out.flush() ? 0 : 1;
} catch (const std::exception& error) {
  fmt::print(stderr, "make_defaults: {}\n", error.what());
  return 1;
}
