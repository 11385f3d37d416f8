// The web pages over HTTP: what is sent, in which form, for how long, and with which protection.
#include "server/product/pages/asset.hpp"
#include "server/product/pages/page.hpp"
#include "tests/integration/rpc/serving.hpp"

namespace bigocean::server::pages::pages_test {
namespace {

using namespace test;

/// The bytes of the reply as they come; other clients decode them.
std::string get(int port, const std::string& path, const std::string& headers = {}) {
  RawClient client(port);
  client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
  return client.read_reply();
}

/// The value of a reply's header; empty if it has none.
std::string header_of(const std::string& reply, const std::string& name) {
  const auto at = reply.find("\r\n" + name + ": ");
  if (at == reply.npos || at > reply.find("\r\n\r\n")) return {};
  const auto begin = at + name.size() + 4;
  return reply.substr(begin, reply.find("\r\n", begin) - begin);
}

/// The path of the built file with this ending, as the page names it.
std::string path_in(const std::string& html, const std::string& ending) {
  const auto end = html.find(ending + "\"");
  REQUIRE(end != html.npos);
  const auto begin = html.rfind('"', end) + 1;
  return html.substr(begin, end + ending.size() - begin);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

TEST_CASE("the pages come with their protection, and nothing in them is inline or from elsewhere") {
  Serving serving;
  for (const std::string& path :
       {std::string("/"), std::string("/profile"), "/profile/" + kProfileId, std::string("/status")}) {
    CAPTURE(path);
    const auto reply = get(serving.port(), path);
    CHECK(status_of(reply) == 200);
    CHECK(header_of(reply, "Content-Type") == "text/html; charset=utf-8");
    const auto policy = header_of(reply, "Content-Security-Policy");
    CHECK(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
    CHECK_FALSE(has(policy, "unsafe"));
    CHECK(has(policy, "frame-ancestors 'none'"));
    CHECK(header_of(reply, "X-Content-Type-Options") == "nosniff");
    CHECK(header_of(reply, "Referrer-Policy") == "no-referrer");
    const auto html = body_of(reply);
    CHECK(html.starts_with("<!doctype html>"));
    CHECK(has(html, "<title>"));
    CHECK_FALSE(has(html, "{{"));
    CHECK_FALSE(has(html, "style="));
    CHECK_FALSE(has(html, "<style"));
    CHECK_FALSE(has(html, "//"));  // no address of another site
    for (auto at = html.find("<script"); at != html.npos; at = html.find("<script", at + 1))
      CHECK(has(html.substr(at, html.find('>', at) - at), " src=\"/assets/"));
  }
}

TEST_CASE("a file comes in the form that the client takes, for ever, and once") {
  Serving serving;
  const auto html = body_of(get(serving.port(), "/"));
  for (const std::string ending : {".js", ".css"}) {
    const auto path = path_in(html, ending);
    const auto* asset = find_asset(path.substr(std::string("/assets/").size()));
    REQUIRE(asset != nullptr);
    CHECK(asset->brotli.size() < asset->gzip.size());
    CHECK(asset->gzip.size() < asset->plain.size());
    struct Row {
      std::string accepted;
      std::string coding;
      std::string_view bytes;
    };
    for (const Row& row : {Row{"", "", asset->plain}, Row{"gzip, deflate, br, zstd", "br", asset->brotli},
                           Row{"gzip", "gzip", asset->gzip}, Row{"GZIP;q=0.5, br;q=0.4", "gzip", asset->gzip},
                           Row{"br;q=0, *", "gzip", asset->gzip}, Row{"*", "br", asset->brotli},
                           Row{"identity", "", asset->plain}, Row{"gzip;q=2", "", asset->plain},
                           Row{"br;q=0, gzip;q=0, identity;q=0", "", asset->plain}}) {
      CAPTURE(row.accepted);
      const auto accept = row.accepted.empty() ? "" : "Accept-Encoding: " + row.accepted + "\r\n";
      const auto reply = get(serving.port(), path, accept);
      CHECK(status_of(reply) == 200);
      CHECK(header_of(reply, "Content-Encoding") == row.coding);
      CHECK(header_of(reply, "Vary") == "Accept-Encoding");
      CHECK(header_of(reply, "Cache-Control") == "public, max-age=31536000, immutable");
      CHECK(header_of(reply, "X-Content-Type-Options") == "nosniff");
      CHECK((body_of(reply) == row.bytes));
      const auto tag = header_of(reply, "ETag");
      const auto again = get(serving.port(), path, accept + "If-None-Match: \"x\", W/" + tag + "\r\n");
      CHECK(status_of(again) == 304);
      CHECK(body_of(again).empty());
      CHECK(header_of(again, "ETag") == tag);
      CHECK_FALSE(has(again, "Content-Length"));
      CHECK_FALSE(has(again, "Content-Type:"));
    }
    // Forms differ in their bytes, so they differ in their tags.
    const auto tag_of = [&](const std::string& accepted) {
      return header_of(get(serving.port(), path, "Accept-Encoding: " + accepted + "\r\n"), "ETag");
    };
    CHECK(tag_of("br") != tag_of("gzip"));
    CHECK(tag_of("gzip") != tag_of("identity"));
  }
}

TEST_CASE("HEAD tells what GET would send, and the connection goes on behind a 304") {
  Serving serving;
  RawClient client(serving.port());
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = client.read_reply(true);
  CHECK(status_of(head) == 200);
  const auto page = get(serving.port(), "/");
  CHECK(header_of(head, "Content-Length") == std::to_string(body_of(page).size()));
  const auto tag = header_of(page, "ETag");
  CHECK(header_of(page, "Cache-Control") == "no-cache");
  client.send("GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: " + tag + "\r\n\r\n");
  CHECK(status_of(client.read_reply(true)) == 304);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"another\"\r\n\r\n");
  CHECK(body_of(client.read_reply()) == body_of(page));
}

TEST_CASE("each of the 81 types has a card of the size that the page names") {
  Serving serving;
  int count = 0;
  for (const char o : std::string("PGO")) {
    for (const char c : std::string("FBD")) {
      for (const char e : std::string("IAE")) {
        for (const char a : std::string("CNW")) {
          const std::string name{o, c, e, a};
          const auto png = find_card(name + ".png");
          CAPTURE(name);
          REQUIRE(png.size() > 1000);
          CHECK(png.size() < 30'000);
          CHECK(png.substr(0, 8) == "\x89PNG\r\n\x1a\n");
          // The size stands at a fixed place (PNG, 11.2.1): 600 by 315.
          CHECK(png.substr(16, 8) == std::string_view("\0\0\x02\x58\0\0\x01\x3b", 8));
          ++count;
        }
      }
    }
  }
  CHECK(count == 81);
  const auto reply = get(serving.port(), "/cards/PFIC.png");
  CHECK(header_of(reply, "Content-Type") == "image/png");
  CHECK((body_of(reply) == find_card("PFIC.png")));
  CHECK(status_of(get(serving.port(), "/cards/PFIC.png",
                      "If-None-Match: " + header_of(reply, "ETag") + "\r\n")) == 304);
}

TEST_CASE("a shared profile's page says whose it is, for other sites, and is not to be found by search") {
  auto settings = rpc_settings();
  product::of(settings).pages.public_url = "https://app.example.com";
  product::of(settings).pages.name = "Ours & <theirs>";
  Serving serving(settings);
  const auto reply = get(serving.port(), "/profile/" + kProfileId, "Accept-Language: de\r\n");
  CHECK(status_of(reply) == 200);
  CHECK(header_of(reply, "Cache-Control") == "no-store");
  CHECK(serving.backend.calls().back().starts_with("GetProfile " + kProfileId));
  const auto html = body_of(reply);
  CHECK(has(html, "<meta name=\"robots\" content=\"noindex\">"));
  CHECK(has(html, "<meta property=\"og:title\" content=\"Ada: "));
  CHECK(has(html, "<meta property=\"og:site_name\" content=\"Ours &amp; &lt;theirs&gt;\">"));
  CHECK(has(html, "<meta property=\"og:image\" content=\"https://app.example.com/cards/"));

  const auto unknown = get(serving.port(), "/profile/nobody");
  CHECK(status_of(unknown) == 404);
  CHECK(has(body_of(unknown), "<!doctype html>"));
  CHECK_FALSE(has(body_of(unknown), "og:"));
}

TEST_CASE("names and texts stay text in the page") {
  product::Settings::Pages settings;
  settings.name = "\"><script>1</script>";
  const Page page(settings, 4000);
  CHECK_FALSE(has(page.plain(), "<script>"));
  const rpc::Profile profile{.display_name = "</title><img src=x onerror=alert(1)>&\"'{{name}}",
                             .archetype = {"PFIC", "A", "B"},
                             .traits = {},
                             .facets = {},
                             .created_at = {}};
  const auto html = page.of(profile, assessment::Language::kGerman);
  CHECK(has(html, "<html lang=\"de\""));
  CHECK_FALSE(has(html, "<img"));
  CHECK(has(html, "&lt;/title&gt;&lt;img src=x onerror=alert(1)&gt;&amp;&quot;'{{name}}"));
  CHECK_FALSE(has(html, "og:image"));  // where the service is reached is not known
}

TEST_CASE("colours of the settings come as a style sheet with an ink that can be read on them") {
  auto settings = rpc_settings();
  auto& pages = product::of(settings).pages;
  pages.colour = "#7a2e8e";
  pages.colour_dark = "#ffdd55";
  Serving serving(settings);
  CHECK(has(body_of(get(serving.port(), "/")), "href=\"/face.css\""));
  const auto css = body_of(get(serving.port(), "/face.css"));
  CHECK(has(css, "html:root{--accent:#7a2e8e;--accent-ink:#ffffff}"));
  CHECK(has(css, "dark){html:root{--accent:#ffdd55;--accent-ink:#000000}}"));
}

TEST_CASE("pages that are turned off are not there, and the procedures are") {
  auto settings = rpc_settings();
  product::of(settings).pages.enabled = false;
  Serving serving(settings);
  for (const std::string path :
       {"/", "/profile", "/profile/x", "/status", "/cards/PFIC.png", "/licenses.txt"})
    CHECK(status_of(get(serving.port(), path)) == 404);
  CHECK(status_of(get(serving.port(), "/openapi.json")) == 200);
  CHECK(status_of(get(serving.port(), "/health")) == 200);
}

TEST_CASE("the first page is under 120 KB compressed, with all that it loads, and so is the operators'") {
  for (const std::string name : {"index.html", "status.html"}) {
    const auto html = page_file(name);
    std::size_t bytes = html.size();
    std::size_t files = 0;
    for (const auto& asset : assets()) {
      if (!has(std::string(html), "/assets/" + std::string(asset.name))) continue;
      bytes += asset.gzip.size();
      ++files;
    }
    MESSAGE(name << ": bytes with gzip: " << bytes);
    CHECK(files == 3);  // code, style, icon
    CHECK(bytes < 120'000);
  }
  // What operators see is not among what people load.
  CHECK_FALSE(has(std::string(page_file("index.html")), "status-"));
}

}  // namespace
}  // namespace bigocean::server::pages::pages_test
