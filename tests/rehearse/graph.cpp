// The content of .railway/railway.ts, as written by scripts/railway-graph: deploy settings, variables,
// databases.
#include "tests/rehearse/graph.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace bigocean::rehearse {
namespace {

using nlohmann::json;

/// A command as the platform runs it in a container without a shell: its words.
std::vector<std::string> words_of(const std::string& command) {
  std::istringstream in(command);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::chrono::seconds seconds_of(const json& deploy, const char* key, std::chrono::seconds otherwise) {
  const auto found = deploy.find(key);
  if (found == deploy.end()) return otherwise;
  if (!found->is_number_integer() || *found < 0) {
    throw std::runtime_error(
        fmt::format("{} is {}: the platform wants a number of seconds and fails the deploy otherwise", key,
                    found->dump()));
  }
  return std::chrono::seconds(found->get<int>());
}

std::vector<std::string> pre_deploy_of(const json& deploy) {
  const auto found = deploy.find("preDeployCommand");
  if (found == deploy.end() || found->is_null()) return {};
  if (found->is_string()) return words_of(found->get<std::string>());
  if (found->size() > 1) throw std::runtime_error("preDeployCommand: the platform takes one command at most");
  return found->empty() ? std::vector<std::string>{} : words_of(found->at(0).get<std::string>());
}

DeploySettings settings_of(const json& deploy) {
  DeploySettings settings;
  settings.pre_deploy = pre_deploy_of(deploy);
  settings.start = words_of(deploy.at("startCommand").get<std::string>());
  settings.healthcheck_path = deploy.at("healthcheckPath").get<std::string>();
  settings.healthcheck_timeout = seconds_of(deploy, "healthcheckTimeout", settings.healthcheck_timeout);
  settings.overlap = seconds_of(deploy, "overlapSeconds", settings.overlap);
  settings.draining = seconds_of(deploy, "drainingSeconds", settings.draining);
  if (settings.start.empty()) throw std::runtime_error("startCommand is empty");
  return settings;
}

Variable variable_of(const json& variable, const std::map<std::string, std::string>& names) {
  const auto type = variable.at("type").get<std::string>();
  if (type == "literal") return {Variable::Kind::kLiteral, variable.at("value").get<std::string>()};
  if (type == "preserve") return {Variable::Kind::kPreserved, {}};
  if (type != "reference") throw std::runtime_error("a variable of the unknown type " + type);
  return {Variable::Kind::kReference, names.at(variable.at("resource").get<std::string>()) + "." +
                                          variable.at("output").get<std::string>()};
}

int major_of(const std::string& image) {
  std::smatch match;
  if (!std::regex_search(image, match, std::regex(":([0-9]+)"))) {
    throw std::runtime_error(image + " names no version");
  }
  return std::stoi(match[1]);
}

}  // namespace

Graph read_graph(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file + ": scripts/railway-graph writes it");
  try {
    const json resources = json::parse(in).at("project").at("resources");
    std::map<std::string, std::string> names;
    for (const auto& one : resources) names[one.at("address")] = one.at("name");
    Graph graph;
    for (const auto& one : resources) {
      if (one.value("engine", "") == "postgres") graph.postgres_image = one.at("image");
      if (one.value("engine", "") == "redis") graph.redis_image = one.at("image");
      if (one.at("address") != "service.bigocean") continue;
      graph.settings = settings_of(one.at("deploy"));
      for (const auto& [name, variable] : one.at("variables").items()) {
        graph.variables[name] = variable_of(variable, names);
      }
    }
    graph.postgres_major = major_of(graph.postgres_image);
    if (graph.settings.start.empty()) throw std::runtime_error("there is no service bigocean");
    return graph;
  } catch (const std::exception& error) {
    throw std::runtime_error(file + ": " + error.what());
  }
}

std::map<std::string, std::string> resolved(const std::map<std::string, Variable>& variables,
                                            const std::map<std::string, std::string>& outputs,
                                            const std::map<std::string, std::string>& kept) {
  std::map<std::string, std::string> values;
  for (const auto& [name, variable] : variables) {
    if (variable.kind == Variable::Kind::kLiteral) {
      values[name] = variable.value;
    } else if (variable.kind == Variable::Kind::kPreserved) {
      const auto found = kept.find(name);
      values[name] = found == kept.end() ? "" : found->second;
    } else {
      const auto found = outputs.find(variable.value);
      if (found == outputs.end()) {
        throw std::runtime_error(fmt::format("{} refers to {}, which there is not", name, variable.value));
      }
      values[name] = found->second;
    }
  }
  return values;
}

}  // namespace bigocean::rehearse
