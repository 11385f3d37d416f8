// The checks of `healthcheck`: reads and judges the answers of a running service.
#include "server/readiness/health_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/check_rows.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "server/fetch/fetch.hpp"

namespace bigocean::server {
namespace {

using base::Check;
using base::CheckLevel;
using http::Fetched;
using nlohmann::json;
using std::chrono::microseconds;

constexpr std::string_view kIds[] = {"health", "ready", "postgres", "redis", "schema", "commit", "latency"};

constexpr std::string_view kHealthRemedy =
    "check the service's log (on Railway: railway logs --service bigocean)";

/// The answer's health document; not an object when the body is not one.
json document_of(const Fetched& fetched) { return json::parse(fetched.body, nullptr, false); }

/// The entry of one dependency in a health document; nothing when it has none.
std::optional<json> dependency_of(const json& document, const std::string& name) {
  if (!document.is_object() || !document.contains("checks") || !document["checks"].is_object()) return {};
  const auto found = document["checks"].find(name);
  if (found == document["checks"].end() || !found->is_array() || found->empty()) return {};
  return found->front().is_object() ? std::optional(found->front()) : std::nullopt;
}

/// "redis: refused; schema: 2 pending" from a health document; empty when the body is not one.
std::string failing_checks(const json& document) {
  if (!document.is_object()) return {};
  std::string text = base::string_member(document, "output");
  const auto checks = document.find("checks");
  if (checks == document.end() || !checks->is_object()) return text;
  for (const auto& [name, unused] : checks->items()) {
    const auto dependency = dependency_of(document, name);
    if (!dependency || base::string_member(*dependency, "status") != "fail") continue;
    const std::string output = base::string_member(*dependency, "output");
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name, output.empty() ? "fails" : output);
  }
  return text;
}

bool is_redirect(const Fetched& fetched) { return fetched.status >= 300 && fetched.status < 400; }

/// What is wrong with this answer; empty when it is good.
std::string fault_of(const Fetched& fetched) {
  if (fetched.status == 0) return fetched.fault;
  if (is_redirect(fetched)) {
    const auto target = http::find_header(fetched.headers, "Location").value_or("");
    return fmt::format("answered {}, a redirect{}{}; only 200 counts", fetched.status,
                       target.empty() ? "" : " to ", target);
  }
  const json document = document_of(fetched);
  if (fetched.status != 200) {
    const auto checks = failing_checks(document);
    return fmt::format("answered {}{}{}", fetched.status, checks.empty() ? "" : ": ", checks);
  }
  const std::string status = document.is_object() ? base::string_member(document, "status") : "";
  if (status == "ok" || status == "pass" || status == "warn") return {};
  return status.empty() ? "answered 200, but with another body than this service's"
                        : fmt::format("answered 200, but with the status `{}`", status);
}

/// Makes the row of one request. All failures except a redirect are transient: a deployment under way may fix
/// them.
Check answer_row(std::string_view id, const Fetched& fetched) {
  const std::string fault = fault_of(fetched);
  if (fault.empty()) {
    return {std::string(id), CheckLevel::kOk, "answered 200", {}, {}, fetched.elapsed};
  }
  const bool redirect = is_redirect(fetched);
  return {std::string(id),
          CheckLevel::kFail,
          fault,
          {},
          redirect ? "use the address that answers without a redirect, with https:// if it has a certificate"
                   : std::string(kHealthRemedy),
          fetched.elapsed,
          !redirect};
}

Check latency_row(std::vector<microseconds> times, const HealthRequest& request) {
  std::ranges::sort(times);
  const auto p99 = base::percentile(times, 99);
  const auto ms = [](microseconds time) { return static_cast<double>(time.count()) / 1000; };
  Check row{"latency", CheckLevel::kOk, {}, {}, {}, {}};
  row.observed = times.size() == 1
                     ? fmt::format("{:.1f} ms", ms(p99))
                     : fmt::format("min {:.1f} ms, median {:.1f} ms, p99 {:.1f} ms of {}", ms(times.front()),
                                   ms(base::percentile(times, 50)), ms(p99), times.size());
  if (request.latency_max && p99 > *request.latency_max) {
    row.level = CheckLevel::kFail;
    row.expected = "at most " + base::format_duration(*request.latency_max);
    row.remedy = "use more replicas, or a region nearer to the client";
    row.transient = true;
  }
  return row;
}

/// "https://host" of a URL, without path, query and fragment.
std::string origin_of(const std::string& url) {
  const auto scheme_end = url.find("://");
  return url.substr(0, scheme_end == url.npos ? url.npos : url.find_first_of("/?#", scheme_end + 3));
}

/// Sends `count` requests; stops at the first bad answer. Rows: `id`, and "latency" when all were good.
void ask(base::CheckReport& report, std::string_view id, const std::string& url,
         const HealthRequest& request) {
  std::vector<microseconds> times;
  Check row;
  for (int i = 0; i < request.count && row.level == CheckLevel::kOk; ++i) {
    base::throw_if_interrupted(request.interrupt);
    const Fetched fetched = http::fetch(url, request.timeout);
    row = answer_row(id, fetched);
    times.push_back(fetched.elapsed);
  }
  const bool good = row.level == CheckLevel::kOk;
  if (good && request.count > 1) row.observed += fmt::format(" to all of {}", request.count);
  report.add(std::move(row));
  if (good) report.add(latency_row(std::move(times), request));
}

Check skipped(std::string_view id, std::string why) {
  return {std::string(id), CheckLevel::kSkipped, std::move(why), {}, {}, {}};
}

Check dependency_row(const json& document, const std::string& name) {
  const auto dependency = dependency_of(document, name);
  if (!dependency) return skipped(name, "/ready does not tell");
  const std::string status = base::string_member(*dependency, "status");
  const std::string output = base::string_member(*dependency, "output");
  Check row{name, CheckLevel::kOk, output.empty() ? status : output, {}, {}, {}};
  if (status == "pass") return row;
  row.level = status == "warn" ? CheckLevel::kWarn : CheckLevel::kFail;
  row.remedy = name == "redis"    ? "bigocean check-redis in the service's environment says why"
               : name == "schema" ? "bigocean migrate status in the service's environment names the files"
                                  : "bigocean check-db in the service's environment says why";
  row.transient = true;
  return row;
}

/// Whether two commits are the same; either may be abbreviated.
bool same_commit(std::string_view a, std::string_view b) {
  constexpr std::size_t kDigitsMin = 7;
  const auto digits = std::min(a.size(), b.size());
  return digits >= kDigitsMin && a.substr(0, digits) == b.substr(0, digits);
}

Check commit_row(const json& document, const std::string& expected) {
  if (expected.empty() || expected == "unknown") {
    return skipped("commit", "this binary does not know its commit; --expect-commit names one");
  }
  const std::string commit = document.is_object() ? base::string_member(document, "commit") : "";
  if (commit.empty()) return skipped("commit", "/ready does not tell");
  Check row{"commit", CheckLevel::kOk, commit, {}, {}, {}};
  if (same_commit(commit, expected)) return row;
  row.level = CheckLevel::kFail;
  row.expected = expected;
  row.remedy = "another build is running: wait for the deployment (--wait 5m), or check why it failed";
  row.transient = true;
  return row;
}

}  // namespace

std::span<const std::string_view> health_check_ids() { return kIds; }

base::CheckReport check_health(const HealthRequest& request) {
  base::CheckReport report;
  const std::string origin = origin_of(request.url);
  report.target = origin == request.url ? origin + (request.ready ? "/ready" : "/health") : request.url;
  report.connected = true;
  ask(report, "health", report.target, request);
  return report;
}

base::CheckReport accept(const HealthRequest& request) {
  base::CheckReport report;
  report.target = origin_of(request.url);
  report.connected = true;
  base::CheckReport health;
  ask(health, "health", report.target + "/health", request);
  report.add(health.checks.front());
  const Fetched ready = http::fetch(report.target + "/ready", request.timeout);
  report.add(answer_row("ready", ready));
  const json document = document_of(ready);
  for (const char* name : {"postgres", "redis", "schema"}) report.add(dependency_row(document, name));
  report.add(commit_row(document, request.commit));
  const Check* latency = health.find("latency");
  report.add(latency != nullptr ? *latency : skipped("latency", "/health has failed"));
  return report;
}

}  // namespace bigocean::server
