// The documents made from the table: docs/openapi.json and docs/api.md match it, and replies match them. With
// BIGOCEAN_WRITE_DOCS set (`make api-docs`) the files are written first.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "config/settings.hpp"
#include "server/product/rpc/api_doc.hpp"
#include "server/product/rpc/encode.hpp"
#include "server/product/rpc/openapi.hpp"
#include "server/product/settings/settings.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/support/rpc_backend.hpp"

namespace bigocean::server::rpc::documents_test {
namespace {

using Json = nlohmann::json;

std::vector<Procedure> default_table() {
  config::Sources sources;
  sources.environment = [](const std::string&) { return std::nullopt; };
  sources.working_directory = "/";
  return procedures(product::of(config::load_settings(sources).settings).rpc.message_chars_max);
}

void check_file(const std::string& name, const std::string& wanted) {
  const auto path = std::string(BIGOCEAN_SOURCE_DIR) + "/docs/" + name;
  if (std::getenv("BIGOCEAN_WRITE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << wanted;
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  CHECK_MESSAGE(text.str() == wanted, "docs/" << name << " is not what the table says: run `make api-docs`");
}

TEST_CASE("docs/openapi.json is made from the table") {
  check_file("openapi.json", openapi(default_table()));
}

TEST_CASE("docs/api.md is made from the table") { check_file("api.md", api_doc(default_table())); }

/// Calls `look` with every object and every $ref in a document.
void walk(const Json& json, const std::function<void(const Json&)>& look) {
  if (json.is_object()) look(json);
  if (!json.is_structured()) return;
  for (const auto& child : json) walk(child, look);
}

TEST_CASE("every $ref leads somewhere, and every schema of ours is used") {
  const auto document = Json::parse(openapi(default_table()));
  std::set<std::string> used;
  walk(document, [&](const Json& object) {
    if (!object.contains("$ref")) return;
    const auto target = object["$ref"].get<std::string>().substr(1);
    CHECK_MESSAGE(document.contains(Json::json_pointer(target)), target);
    used.insert(target.substr(target.rfind('/') + 1));
  });
  for (const auto& [name, schema] : document["components"]["schemas"].items())
    CHECK_MESSAGE(used.contains(name), name);
}

TEST_CASE("every procedure is described: body, token, each error under its status") {
  const auto table = default_table();
  CHECK(table.size() == 14);
  const auto document = Json::parse(openapi(table));
  const auto text = api_doc(table);
  for (const auto& procedure : table) {
    CAPTURE(procedure.name);
    const bool has_body = procedure.get_path.empty();
    const auto& operation = document["paths"][path_of(procedure)][has_body ? "post" : "get"];
    CHECK(operation["operationId"] == procedure.name);
    if (has_body) {
      const auto& schema = operation["requestBody"]["content"]["application/json"]["schema"];
      CHECK(schema["additionalProperties"] == false);
    } else {
      CHECK(!operation.contains("requestBody"));
      CHECK(operation["parameters"][0]["in"] == "path");
      CHECK(operation["responses"].contains("204"));
    }
    CHECK((procedure.call == nullptr) != (procedure.begin == nullptr));
    CHECK(text.find("### " + std::string(procedure.name) + "\n") != std::string::npos);
    for (const Tag tag : errors_of(procedure)) {
      const auto& info = error_info(tag);
      const auto response = operation["responses"][std::to_string(info.status)].dump();
      CHECK_MESSAGE(response.find("/schemas/" + std::string(info.name) + "\"") != std::string::npos,
                    info.name);
      CHECK(text.find("| `" + std::string(info.name) + "` | " + std::to_string(info.status)) !=
            std::string::npos);
    }
  }
}

TEST_CASE("no procedure lists an error twice, and none is left that nobody lists") {
  std::set<Tag> all;
  for (const auto& procedure : default_table()) {
    const auto tags = errors_of(procedure);
    CHECK(std::set<Tag>(tags.begin(), tags.end()).size() == tags.size());
    all.insert(tags.begin(), tags.end());
  }
  CHECK(all.size() == error_table().size());
}

TEST_CASE("the document says where a language can be asked for, and where it is told") {
  const auto document = Json::parse(openapi(default_table()));
  for (const auto& procedure : default_table()) {
    if (!procedure.get_path.empty()) continue;
    CAPTURE(procedure.name);
    const auto& operation = document["paths"][path_of(procedure)]["post"];
    bool takes_language = false;
    for (const auto& parameter : operation.value("parameters", Json::array()))
      takes_language |= parameter["name"] == "Accept-Language";
    CHECK(takes_language == (procedure.texts == Texts::kOfReader));
    CHECK(operation["responses"]["200"]["headers"].contains("Content-Language") ==
          (procedure.texts != Texts::kNone));
  }
  CHECK(document["components"]["schemas"]["Language"]["enum"] == Json({"en", "de", "es"}));
}

TEST_CASE("every reply is what the document says, with and without what may be missing") {
  test::FakeBackend backend;
  const Caller caller{test::kToken, "127.0.0.1", "id"};
  const auto document = Json::parse(openapi(default_table()));
  const auto schema = test::JsonSchema::of(document);
  const auto check = [&](const std::string& name, const std::string& reply) {
    const auto pointer = "/paths/~1rpc~1" + name + "/post/responses/200/content/application~1json/schema";
    CHECK(schema.check_at(pointer, Json::parse(reply)) == "");
  };
  const SessionRequest session{test::kSessionId};
  check("StartAssessment", to_json(backend.start_assessment(caller, {})));
  check("SendMessage", to_json(test::FakeBackend::answer()));
  auto resumed = backend.resume_session(caller, session);
  check("ResumeSession", to_json(resumed));
  resumed.completed_at.reset();
  resumed.messages.clear();
  check("ResumeSession", to_json(resumed));
  check("UnshareProfile", withdrawn_json(true));
  check("GetResults", to_json(backend.get_results(caller, session)));
  check("ShareProfile", to_json(backend.share_profile(caller, session)));
  auto profile = backend.get_profile(caller, {test::kProfileId});
  check("GetProfile", to_json(profile));
  profile.display_name.reset();
  check("GetProfile", to_json(profile));
  check("ClaimSession", sessions_json(test::FakeBackend::sessions()));
  check("ListSessions", sessions_json({}));
  check("RevokeSession", revoked_json());
  check("DeleteSession", deleted_json());
  check("CancelMessage", cancelled_json(true));
  auto exported = backend.export_session(caller, session);
  check("ExportSession", to_json(exported));
  exported.display_name.reset();
  exported.results.reset();
  exported.calls.clear();
  exported.completed_at = test::FakeBackend::at(1);
  check("ExportSession", to_json(exported));
}

TEST_CASE("a reply of another form is found") {
  const auto schema = test::JsonSchema::of(Json::parse(openapi(default_table())));
  auto json = Json::parse(to_json(test::FakeBackend::results()));
  CHECK(schema.check_at("/components/schemas/Results", json) == "");
  json["code5"] = "OBEWX";
  json["traits"][0]["score"] = 121;
  json["facets"][0].erase("trait");
  json["more"] = 1;
  const auto wrong = schema.check_at("/components/schemas/Results", json);
  CHECK(std::count(wrong.begin(), wrong.end(), '\n') == 4);
}

TEST_CASE("money is told exactly, or not at all") {
  test::FakeBackend backend;
  auto exported = backend.export_session({}, {test::kSessionId});
  const auto costs = Json::parse(to_json(exported))["costs"];
  CHECK(costs["nanoDollars"] == 1'234'568);
  CHECK(costs["calls"][0]["nanoDollars"] == 1'234'567);
  CHECK(costs["calls"][0]["cacheWriteTokens"] == 3);
  exported.calls[0].cost = kSafeIntegerMax;
  CHECK_THROWS_AS(to_json(exported), std::range_error);
  exported.calls[1].cost = 0;
  CHECK(Json::parse(to_json(exported))["costs"]["nanoDollars"] == 9'007'199'254'740'991);
}

TEST_CASE("an event is one line of data, whatever is in it") {
  CHECK(event("delta", delta_json("a\nb\r\n\"c\"\xE2\x80\xA8")) ==
        "event: delta\ndata: {\"text\":\"a\\nb\\r\\n\\\"c\\\"\xE2\x80\xA8\"}\n\n");
}

}  // namespace
}  // namespace bigocean::server::rpc::documents_test
