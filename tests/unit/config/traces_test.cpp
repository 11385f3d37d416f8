// OpenTelemetry's variables as settings: which count, in which order, and what a wrong one does.
#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "config/key_values.hpp"
#include "config/setting.hpp"
#include "tests/unit/config/support.hpp"

namespace traces_test {

using bigocean::config::parse_key_values;
using bigocean::test::World;
using namespace std::chrono_literals;

TEST_CASE("the endpoint: of traces alone as it is, of all signals with the path behind it") {
  World world;
  CHECK(world.load().settings.traces.endpoint == "");
  for (const auto& [value, endpoint] : {std::pair{"http://c:4318", "http://c:4318/v1/traces"},
                                        std::pair{"http://c:4318/", "http://c:4318/v1/traces"},
                                        std::pair{"https://c/otlp//", "https://c/otlp/v1/traces"}}) {
    world.variables = {{"OTEL_EXPORTER_OTLP_ENDPOINT", value}};
    CHECK(world.load().settings.traces.endpoint == endpoint);
  }
  world.variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "http://d:1/own";
  CHECK(world.load().settings.traces.endpoint == "http://d:1/own");
  world.variables["BIGOCEAN_TRACES_ENDPOINT"] = "http://e:1/x";
  CHECK(world.load().settings.traces.endpoint == "http://e:1/x");
  // A value that cannot be used does not hide the next one.
  world.variables = {{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4317"},
                     {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"}};
  CHECK(world.load().settings.traces.endpoint == "http://c:4318/v1/traces");
  CHECK(world.load().warnings.size() == 1);
}

TEST_CASE("every variable reaches its setting") {
  World world;
  world.variables = {{"OTEL_EXPORTER_OTLP_HEADERS", "x-key=secret%20word"},
                     {"OTEL_EXPORTER_OTLP_TIMEOUT", "2500"},
                     {"OTEL_BSP_SCHEDULE_DELAY", "700"},
                     {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "7"},
                     {"OTEL_BSP_MAX_QUEUE_SIZE", "70"},
                     {"OTEL_TRACES_SAMPLER", "traceidratio"},
                     {"OTEL_TRACES_SAMPLER_ARG", "0.25"},
                     {"OTEL_PROPAGATORS", "tracecontext,baggage"},
                     {"OTEL_SERVICE_NAME", "ocean"},
                     {"OTEL_RESOURCE_ATTRIBUTES", "a=1,b=2"},
                     {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"},
                     {"OTEL_TRACES_EXPORTER", "otlp"},
                     {"OTEL_SDK_DISABLED", "false"}};
  const auto loaded = world.load();
  const auto& traces = loaded.settings.traces;
  CHECK(loaded.warnings.empty());
  CHECK(traces.headers.reveal() == "x-key=secret%20word");
  CHECK(world.line("traces.headers").value.find("secret") == std::string::npos);
  CHECK(traces.timeout == 2500ms);
  CHECK(traces.period == 700ms);
  CHECK(traces.batch_max == 7);
  CHECK(traces.queue_max == 70);
  CHECK(traces.sampler == "traceidratio");
  CHECK(traces.sampler_argument == "0.25");
  CHECK(traces.propagators == "tracecontext,baggage");
  CHECK(traces.service_name == "ocean");
  CHECK(traces.resource_attributes == "a=1,b=2");
  CHECK(traces.exporter == "otlp");
  world.variables["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"] = "0";
  CHECK(world.load().settings.traces.timeout == 5min);
  world.variables["OTEL_SDK_DISABLED"] = "TRUE";
  CHECK(world.load().settings.traces.exporter == "none");
}

TEST_CASE("a wrong value of a shared variable is a warning that names it, and counts as not set") {
  for (const auto& [name, value] : {std::pair{"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"},
                                    std::pair{"OTEL_EXPORTER_OTLP_TIMEOUT", "10s"},
                                    std::pair{"OTEL_EXPORTER_OTLP_TIMEOUT", "-1"},
                                    std::pair{"OTEL_EXPORTER_OTLP_TIMEOUT", "999999999999"},
                                    std::pair{"OTEL_BSP_MAX_QUEUE_SIZE", "0"},
                                    std::pair{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "many"},
                                    std::pair{"OTEL_TRACES_SAMPLER", "jaeger_remote"},
                                    std::pair{"OTEL_TRACES_SAMPLER_ARG", "1.5"},
                                    std::pair{"OTEL_TRACES_SAMPLER_ARG", "nan"},
                                    std::pair{"OTEL_PROPAGATORS", "b3"},
                                    std::pair{"OTEL_PROPAGATORS", "none,b3"},
                                    std::pair{"OTEL_TRACES_EXPORTER", "zipkin"},
                                    std::pair{"OTEL_SDK_DISABLED", "yes"},
                                    std::pair{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                                    std::pair{"OTEL_RESOURCE_ATTRIBUTES", "a"},
                                    std::pair{"OTEL_EXPORTER_OTLP_HEADERS", "no-value"},
                                    std::pair{"OTEL_EXPORTER_OTLP_HEADERS", "a b=c"},
                                    std::pair{"OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0aX: y"},
                                    std::pair{"OTEL_EXPORTER_OTLP_HEADERS", "Content-Length=5"},
                                    std::pair{"OTEL_EXPORTER_OTLP_HEADERS", "host=x"}}) {
    CAPTURE(name);
    CAPTURE(value);
    World world;
    const auto usual = world.load();
    world.variables = {{name, value}};
    CHECK(world.message() == "");
    const auto loaded = world.load();
    REQUIRE(loaded.warnings.size() == 1);
    CHECK(loaded.warnings[0].starts_with(std::string(name) + " (environment) "));
    CHECK(loaded.settings.traces.endpoint == usual.settings.traces.endpoint);
    CHECK(loaded.settings.traces.timeout == usual.settings.traces.timeout);
    CHECK(loaded.settings.traces.exporter == usual.settings.traces.exporter);
  }
  // Its own variable is for this program alone: there a mistake is an error, as for every setting.
  World world;
  world.variables = {{"BIGOCEAN_TRACES_SAMPLER", "sometimes"}};
  CHECK(world.message() != "");
}

TEST_CASE("what is said of traces alone decides, whatever other variables say") {
  World world;
  world.variables = {{"OTEL_TRACES_EXPORTER", "otlp"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}};
  CHECK(world.load().warnings.size() == 1);
  world.variables["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/json";
  CHECK(world.load().warnings.empty());
}

TEST_CASE("headers are shown by their names, and no message keeps a value") {
  for (const auto& [text, shown, secret] :
       {std::tuple{"Authorization=Bearer TOKEN123SECRET", "Authorization=***", "TOKEN123SECRET"},
        std::tuple{"authorization=Basic%20dXNlcjpwYXNzd29yZA%3D%3D", "authorization=***",
                   "dXNlcjpwYXNzd29yZA=="},
        std::tuple{"x-honeycomb-team=SECRETVALUE12345,api-key=foobarbaz", "x-honeycomb-team=***,api-key=***",
                   "SECRETVALUE12345"},
        std::tuple{"x-host=a,x-team=SECRETVALUE", "x-host=***,x-team=***", "SECRETVALUE"}}) {
    CAPTURE(text);
    World world;
    world.variables = {{"OTEL_EXPORTER_OTLP_HEADERS", text}};
    CHECK(world.line("traces.headers").value == shown);
    auto message = std::string("401: the token ") + secret + " in " + text + " is not known";
    for (const auto& one : bigocean::config::secrets_of(world.load().settings))
      message = bigocean::config::redact(message, one);
    CHECK(message.find(secret) == std::string::npos);
    CHECK(message.starts_with("401: the token "));
  }
}

TEST_CASE("shared variables are read from .env files, too") {
  World world;
  world.folder.write(".env", "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318\n");
  CHECK(world.load().settings.traces.endpoint == "http://c:4318/v1/traces");
  CHECK(world.load().warnings.empty());
}

TEST_CASE("docs/traces.md has every variable with its setting, and none that is not read") {
  std::ifstream in(std::string(BIGOCEAN_SOURCE_DIR) + "/docs/traces.md");
  REQUIRE(in);
  std::set<std::string> documented;
  const std::regex name("`(OTEL_[A-Z_]+)`");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `OTEL_")) continue;
    const auto variables = line.substr(0, line.find(" |", 2));
    for (std::sregex_iterator at(variables.begin(), variables.end(), name), end; at != end; ++at)
      CHECK(documented.insert((*at)[1]).second);
  }
  for (const auto& alias : bigocean::config::aliases()) {
    if (!alias.environment.starts_with("OTEL_")) continue;
    CAPTURE(alias.environment);
    CHECK(alias.is_shared);
    CHECK(documented.erase(std::string(alias.environment)) == 1);
  }
  for (const auto& left : documented) CHECK_MESSAGE(false, left);
}

TEST_CASE("lists of names and values") {
  const auto list = parse_key_values(" a = 1 ,b%20c=d%2Ce=f,, ");
  REQUIRE(list);
  REQUIRE(list->size() == 2);
  CHECK(list->at(0) == std::pair<std::string, std::string>{"a", "1"});
  CHECK(list->at(1) == std::pair<std::string, std::string>{"b c", "d,e=f"});
  CHECK(parse_key_values("")->empty());
  for (const auto* bad : {"a", "=b", "a=%2", "%zz=1", "a=1,b"}) CHECK_FALSE(parse_key_values(bad));
}

}  // namespace traces_test
