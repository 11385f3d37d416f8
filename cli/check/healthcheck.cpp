// bigocean healthcheck: asks the service over HTTP; for Docker's HEALTHCHECK, for people, and after a deploy.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/check_json.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "cli/check/check_report.hpp"
#include "cli/check/check_run.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "server/readiness/health_check.hpp"

namespace bigocean::cli {
namespace {

struct Flags {
  CheckFlags check;
  bool ready = false, accept = false;
  std::string url, commit, latency_max;
  std::string timeout = "3s";
  int count = 0;  ///< 0: not given
};

std::string check_duration(const std::string& text) {
  const auto value = base::parse_duration(text);
  return value && value->count() > 0 ? std::string()
                                     : fmt::format("`{}` is not a duration; write it like 500ms or 3s", text);
}

/// The URL by which this machine reaches what serve has bound to `host`.
std::string local_url(const config::Settings::Server& server) {
  std::string host = server.host;
  if (host == "::" || host == "0.0.0.0" || host.empty()) host = "127.0.0.1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return fmt::format("http://{}:{}", host, server.port);
}

server::HealthRequest request_of(const Flags& flags, const config::Settings& settings) {
  constexpr int kAcceptCount = 20;
  constexpr std::chrono::milliseconds kAcceptLatencyMax{500};
  server::HealthRequest request;
  request.url = flags.url.empty() ? local_url(settings.server) : flags.url;
  request.ready = flags.ready;
  request.timeout = base::parse_duration(flags.timeout).value();
  request.latency_max = base::parse_duration(flags.latency_max);
  request.count = std::max(flags.count, 1);
  request.commit = flags.commit.empty() ? base::git_commit() : flags.commit;
  if (flags.accept) {
    if (!request.latency_max) request.latency_max = kAcceptLatencyMax;
    if (flags.count == 0) request.count = kAcceptCount;
  }
  return request;
}

/// One line without control characters, since `docker inspect` shows it.
void print_line(const base::CheckReport& report, bool healthy, bool several) {
  std::string text = report.target;
  if (healthy) {
    for (const auto& row : report.checks) {
      text += (text == report.target ? " " : several ? "; " : " in ") + row.observed;
    }
  } else {
    text += " " + report.reason();
  }
  fmt::print(healthy ? stdout : stderr, "{}: {}\n", healthy ? "healthy" : "unhealthy", one_line(text));
}

int healthcheck(Flags flags, const config::Settings& settings) {
  // Without an answer the other rows have no result, so --only never hides these two.
  if (auto& only = flags.check.policy.only; !only.empty()) only.insert(only.end(), {"health", "ready"});
  auto request = request_of(flags, settings);
  const auto report = run_until_good(flags.check, [&](const base::Interrupt& interrupt) {
    request.interrupt = &interrupt;
    return flags.accept ? server::accept(request) : server::check_health(request);
  });
  const bool healthy = report.exit_code() == base::ExitCode::kDone;
  if (flags.check.json) {
    fmt::print("{}", base::report_json(report, healthy ? 0 : 1));
  } else if (flags.accept) {
    fmt::print("{}", render_report(report, colour_wanted()));
  } else {
    print_line(report, healthy, request.count > 1);
  }
  return healthy ? 0 : 1;
}

void add_options(CLI::App& app, Flags& flags) {
  app.add_flag("--ready", flags.ready, "Ask /ready instead: the service and everything it depends on");
  app.add_option("--url", flags.url,
                 "Ask this http or https URL instead of the service on this machine; without a path, its "
                 "/health or /ready")
      ->type_name("URL");
  app.add_flag("--accept", flags.accept,
               "After a deploy: a table of health, readiness, PostgreSQL, Redis, schema, commit, and latency "
               "(by default under 500ms in 20 requests)");
  app.add_option("--expect-commit", flags.commit,
                 "The commit that --accept expects to be running; default: the commit of this binary")
      ->type_name("COMMIT");
  app.add_option("--timeout", flags.timeout, "Limit for each request, from name resolution to the last byte")
      ->type_name("DURATION")
      ->capture_default_str()
      ->check(check_duration);
  app.add_option("--max-latency", flags.latency_max, "Fail when the 99th percentile of the answers is slower")
      ->type_name("DURATION")
      ->check(check_duration);
  app.add_option("--count", flags.count,
                 "Send this many requests, and print minimum, median and 99th percentile")
      ->type_name("N")
      ->check(CLI::Range(1, 10000));
  add_check_flags(app, flags.check, server::health_check_ids());
}

}  // namespace

void add_healthcheck(CLI::App& root, Invocation& invocation) {
  CLI::App* app =
      root.add_subcommand("healthcheck",
                          "Asks the service for GET /health and expects exactly 200 and a healthy "
                          "body. It waits for nothing longer than --timeout.");
  auto flags = std::make_shared<Flags>();
  add_options(*app, *flags);
  add_setting(*app, invocation, "--port", "server.port");
  app->footer(
      exit_codes_footer({0, 1}, "bigocean healthcheck --url https://app.example.com --accept --wait 5m"));
  app->callback([flags, &invocation] {
    invocation.run = [flags](const config::Loaded& loaded) { return healthcheck(*flags, loaded.settings); };
  });
}

}  // namespace bigocean::cli
