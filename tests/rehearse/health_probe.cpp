// Sends requests as the platform's health check does, and reads why an answer is not healthy.
#include "tests/rehearse/health_probe.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/support/http_client.hpp"

namespace bigocean::rehearse {
namespace {

constexpr std::chrono::milliseconds kAnswerLimit{5000};

std::string ask(int port, const std::string& path, const std::string& host) {
  return test::exchange(port, {.path = path, .headers = "Host: " + host + "\r\n"}, kAnswerLimit);
}

/// "redis: connection refused" out of a health document.
std::string failing_checks(const std::string& reply) {
  const auto document = nlohmann::json::parse(test::body_of(reply), nullptr, false);
  if (!document.is_object() || !document.contains("checks")) return {};
  std::string text;
  for (const auto& [name, entries] : document["checks"].items()) {
    if (!entries.is_array() || entries.empty() || entries[0].value("status", "") != "fail") continue;
    text += fmt::format(": {}: {}", name, entries[0].value("output", "fails"));
  }
  return text;
}

}  // namespace

std::string probe_health(int port, const std::string& path) {
  try {
    const auto reply = ask(port, path, "healthcheck.railway.app");
    const int status = test::status_of(reply);
    return status == 200 ? "" : fmt::format("{} answered {}{}", path, status, failing_checks(reply));
  } catch (const std::exception& error) {
    return fmt::format("{}: {}", path, error.what());
  }
}

void get_200(int port, const std::string& path) {
  const int status = test::status_of(ask(port, path, "rehearsal"));
  if (status != 200) throw std::runtime_error(fmt::format("{} answered {}", path, status));
}

}  // namespace bigocean::rehearse
