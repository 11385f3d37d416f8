// bigocean healthcheck: asks the service over HTTP; for Docker's HEALTHCHECK and for people.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "server/http/fetch.hpp"

namespace bigocean::cli {
namespace {

using server::http::Fetched;

struct Flags {
  bool ready = false;
  std::string url;
  std::string timeout = "3s";
  std::string latency_max;
  int count = 1;
};

std::string check_duration(const std::string& text) {
  const auto value = base::parse_duration(text);
  return value && value->count() > 0 ? std::string()
                                     : fmt::format("`{}` is not a duration; write it like 500ms or 3s", text);
}

/// Where this machine reaches what serve has bound to `host`.
std::string local_url(const config::Settings::Server& server, std::string_view path) {
  std::string host = server.host;
  if (host == "::" || host == "0.0.0.0" || host.empty()) host = "127.0.0.1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return fmt::format("http://{}:{}{}", host, server.port, path);
}

/// "redis: refused; schema: 2 pending" out of a health document; empty when it is none.
std::string failing_checks(const std::string& body) {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  if (!document.is_object()) return {};
  std::string text =
      document.value("output", nlohmann::json()).is_string() ? document.value("output", "") : "";
  const auto checks = document.find("checks");
  if (checks == document.end() || !checks->is_object()) return text;
  for (const auto& [name, list] : checks->items()) {
    if (!list.is_array() || list.empty() || !list[0].is_object()) continue;
    if (list[0].value("status", nlohmann::json()) != "fail") continue;
    const auto output = list[0].value("output", nlohmann::json());
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name,
                        output.is_string() ? output.get<std::string>() : "fails");
  }
  return text;
}

/// Why this answer is not good; empty when it is.
std::string fault_of(const Fetched& fetched) {
  if (fetched.status == 0) return fetched.fault;
  if (fetched.status == 200) return {};
  if (fetched.status >= 300 && fetched.status < 400) {
    return fmt::format("answered {}, a redirect{}{}; only 200 counts", fetched.status,
                       fetched.location.empty() ? "" : " to ", fetched.location);
  }
  const auto checks = failing_checks(fetched.body);
  return fmt::format("answered {}{}{}", fetched.status, checks.empty() ? "" : ": ", checks);
}

/// On one line and without control characters, whatever the server sent.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

int fail(const std::string& url, const std::string& why) {
  fmt::print(stderr, "unhealthy: {} {}\n", url, printable(why));
  return 1;
}

int healthcheck(const Flags& flags, const config::Settings::Server& server) {
  const std::string url =
      !flags.url.empty() ? flags.url : local_url(server, flags.ready ? "/ready" : "/health");
  const auto timeout = base::parse_duration(flags.timeout).value();
  const auto latency_max = base::parse_duration(flags.latency_max);
  std::vector<std::chrono::microseconds> times;
  for (int i = 0; i < flags.count; ++i) {
    const Fetched fetched = server::http::fetch(url, timeout);
    const auto fault = fault_of(fetched);
    if (!fault.empty()) return fail(url, fault);
    if (latency_max && fetched.elapsed > *latency_max) {
      return fail(
          url, fmt::format("answered 200, but in {}; allowed are {}", base::format_elapsed(fetched.elapsed),
                           base::format_duration(*latency_max)));
    }
    times.push_back(fetched.elapsed);
  }
  std::sort(times.begin(), times.end());
  const auto at = [&](std::size_t percent) {
    return static_cast<double>(times[(times.size() - 1) * percent / 100].count()) / 1000.0;
  };
  if (flags.count == 1) {
    fmt::print("healthy: {} answered 200 in {:.1f} ms\n", url, at(0));
  } else {
    fmt::print("healthy: {} answered 200 to all of {}; min {:.1f} ms, median {:.1f} ms, p99 {:.1f} ms\n", url,
               times.size(), at(0), at(50), at(99));
  }
  return 0;
}

}  // namespace

void add_healthcheck(CLI::App& root, Invocation& invocation) {
  CLI::App* app = root.add_subcommand("healthcheck",
                                      "Asks the service for GET /health and expects exactly 200. Nothing it "
                                      "waits for can outlast --timeout.");
  auto flags = std::make_shared<Flags>();
  app->add_flag("--ready", flags->ready, "Ask /ready instead: the service and all that it depends on");
  app->add_option("--url", flags->url, "Ask this http or https URL instead of the service on this machine")
      ->type_name("URL");
  app->add_option("--timeout", flags->timeout, "For each request, from name resolution to its last byte")
      ->type_name("DURATION")
      ->capture_default_str()
      ->check(check_duration);
  app->add_option("--max-latency", flags->latency_max, "Fail when an answer takes longer")
      ->type_name("DURATION")
      ->check(check_duration);
  app->add_option("--count", flags->count, "Ask this often, and print minimum, median and 99th percentile")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  add_setting(*app, invocation, "--port", "server.port");
  app->footer(exit_codes_footer({0, 1}, "bigocean healthcheck --ready --timeout 1s"));
  app->callback([flags, &invocation] {
    invocation.run = [flags](const config::Loaded& loaded) {
      return healthcheck(*flags, loaded.settings.server);
    };
  });
}

}  // namespace bigocean::cli
