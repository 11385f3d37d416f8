// The platform's settings of a deploy, read from railway.json.
#include "tests/rehearse/deploy_settings.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
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

}  // namespace

DeploySettings read_deploy_settings(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file);
  try {
    const json deploy = json::parse(in).at("deploy");
    DeploySettings settings;
    settings.pre_deploy = pre_deploy_of(deploy);
    settings.start = words_of(deploy.at("startCommand").get<std::string>());
    settings.healthcheck_path = deploy.at("healthcheckPath").get<std::string>();
    settings.healthcheck_timeout = seconds_of(deploy, "healthcheckTimeout", settings.healthcheck_timeout);
    settings.overlap = seconds_of(deploy, "overlapSeconds", settings.overlap);
    settings.draining = seconds_of(deploy, "drainingSeconds", settings.draining);
    if (settings.start.empty()) throw std::runtime_error("startCommand is empty");
    return settings;
  } catch (const std::exception& error) {
    throw std::runtime_error(file + ": " + error.what());
  }
}

}  // namespace bigocean::rehearse
