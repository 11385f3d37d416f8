// How lint findings look: text with carets, GitHub annotations, SARIF.
#include "cli/migrate/lint_output.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/version.hpp"

namespace bigocean::cli {
namespace {

using sql::lint::Finding;
using Json = nlohmann::ordered_json;

std::string_view colour_of(sql::lint::Level level) {
  return level == sql::lint::Level::kError ? "1;31" : level == sql::lint::Level::kWarning ? "1;33" : "1;36";
}

std::string indented(std::string_view text, std::string_view by) {
  std::string result(by);
  for (const char c : text) {
    result += c;
    if (c == '\n') result += by;
  }
  return result;
}

/// What GitHub's runner decodes again: data, and on top of it properties.
std::string escaped(std::string_view text, bool property) {
  std::string result;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
      result += fmt::format("%{:02X}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result;
}

std::string_view github_level(sql::lint::Level level) {
  return level == sql::lint::Level::kError     ? "error"
         : level == sql::lint::Level::kWarning ? "warning"
                                               : "notice";
}

std::string_view sarif_level(sql::lint::Level level) {
  return level == sql::lint::Level::kError     ? "error"
         : level == sql::lint::Level::kWarning ? "warning"
         : level == sql::lint::Level::kInfo    ? "note"
                                               : "none";
}

/// A path as the URI reference that SARIF wants (RFC 3986: what is not unreserved or a slash is escaped).
std::string uri_of(std::string_view path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

std::string message_of(const Finding& finding) {
  return fmt::format("{}\n{}\nInstead:\n{}", finding.title, finding.rule->why, finding.remedy);
}

Json sarif_rules() {
  Json list = Json::array();
  for (const auto& rule : sql::lint::rules()) {
    list.push_back({{"id", rule.id},
                    {"shortDescription", {{"text", rule.title}}},
                    {"fullDescription", {{"text", rule.why}}},
                    {"defaultConfiguration", {{"level", sarif_level(rule.level)}}}});
  }
  return list;
}

}  // namespace

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string findings_text(const std::vector<Finding>& findings, bool colour) {
  std::string text;
  for (const auto& finding : findings) {
    const auto name = level_name(finding.level);
    const auto level =
        colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour_of(finding.level), name) : std::string(name);
    text += fmt::format("{}:{}:{}: {}: {} [{}]{}\n  why: {}\n  instead:\n{}\n\n", finding.path,
                        finding.place.line, finding.place.column, level, finding.title, finding.rule->id,
                        finding.excerpt, finding.rule->why, indented(finding.remedy, "    "));
  }
  return text;
}

std::string findings_summary(const std::vector<Finding>& findings) {
  return fmt::format("{}, {}, {}", counted(count(findings, sql::lint::Level::kError), "error"),
                     counted(count(findings, sql::lint::Level::kWarning), "warning"),
                     counted(count(findings, sql::lint::Level::kInfo), "info"));
}

std::string findings_github(const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    text += fmt::format("::{} file={},line={},col={},title={}::{}\n", github_level(finding.level),
                        escaped(finding.path, true), finding.place.line, finding.place.column,
                        escaped(finding.rule->id, true), escaped(message_of(finding), false));
  }
  return text;
}

std::string findings_sarif(const std::vector<Finding>& findings) {
  const auto rules = sql::lint::rules();
  Json results = Json::array();
  for (const auto& finding : findings) {
    const Json region = {{"startLine", finding.place.line}, {"startColumn", finding.place.column}};
    results.push_back(
        {{"ruleId", finding.rule->id},
         {"ruleIndex", finding.rule - rules.data()},
         {"level", sarif_level(finding.level)},
         {"message", {{"text", message_of(finding)}}},
         {"locations",
          Json::array({{{"physicalLocation",
                         {{"artifactLocation", {{"uri", uri_of(finding.path)}}}, {"region", region}}}}})}});
  }
  const Json driver = {{"name", "bigocean"}, {"version", base::version()}, {"rules", sarif_rules()}};
  const Json log = {
      {"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs",
       Json::array(
           {{{"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", results}}})}};
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bigocean::cli
