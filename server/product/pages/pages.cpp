// The routes of the web pages.
#include "server/product/pages/pages.hpp"

#include <memory>
#include <utility>

#include "base/error.hpp"
#include "server/http/router.hpp"
#include "server/product/pages/asset.hpp"
#include "server/product/pages/page.hpp"
#include "server/product/rpc/admission.hpp"
#include "server/product/rpc/error.hpp"
#include "server/product/rpc/negotiation.hpp"

namespace bigocean::server::pages {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kPng = "image/png";
constexpr std::string_view kProfilePath = "/profile/{profileId}";
constexpr std::string_view kAssetPath = "/assets/{file}";
constexpr std::string_view kCardPath = "/cards/{file}";

/// Code and styles come from this service alone, nothing stands in the page itself, no other site is asked
/// for anything or may show the page in a frame, and no text can become markup by a script.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'";

void finish_file(const http::Request&, http::Reply& reply) {
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
}

void finish_page(const http::Request& request, http::Reply& reply) {
  finish_file(request, reply);
  reply.headers.emplace_back("Content-Security-Policy", kPolicy);
  reply.headers.emplace_back("Referrer-Policy", "no-referrer");
}

http::Reply missing() { return http::problem(404, "there is nothing at this path"); }

/// A text that does not change while the service runs: asked for again, it is compared and not sent.
http::Handler constant(std::string_view type, std::string text) {
  return [type, tag = entity_tag(text), text = std::move(text)](const http::Request& request) {
    http::Reply reply{.content_type = std::string(type), .body = text, .headers = {}};
    reply.headers.emplace_back("Cache-Control", "no-cache");
    return with_tag(std::move(reply), tag, request);
  };
}

http::Reply send_asset(const http::Request& request) {
  const auto* asset = find_asset(http::path_parameter(kAssetPath, request.path));
  return asset == nullptr ? missing() : asset_reply(*asset, request);
}

http::Reply send_card(const http::Request& request) {
  const auto bytes = find_card(http::path_parameter(kCardPath, request.path));
  if (bytes.empty()) return missing();
  http::Reply reply{.content_type = std::string(kPng), .body = std::string(bytes), .headers = {}};
  reply.headers.emplace_back("Cache-Control", "public, max-age=86400");
  return with_tag(std::move(reply), entity_tag(bytes), request);
}

/// The page of a shared profile. Where there is none, the page says so, and the status does, too.
http::Handler profile_handler(rpc::Backend& backend, std::shared_ptr<const Page> page) {
  return [&backend, page = std::move(page)](const http::Request& request) {
    http::Reply reply{.content_type = std::string(kHtml), .body = {}, .headers = {}};
    const std::string id(http::path_parameter(kProfilePath, request.path));
    const auto wanted = rpc::choose_language(request.headers);
    http::Headers of_profile;
    const rpc::Caller caller{.token = {},
                             .client_address = request.client_address,
                             .request_id = request.id,
                             .language = wanted,
                             .reply_headers = &of_profile};
    try {
      if (!rpc::is_secret(id)) throw rpc::RpcError(rpc::Tag::kProfileNotFound);
      const auto profile = backend.get_profile(caller, {id});
      // The profile's own language, where the reader has named none that the service speaks.
      const auto language =
          assessment::find_language(http::find_header(of_profile, "Content-Language").value_or(""));
      reply.body = page->of(profile, language.value_or(assessment::Language::kEnglish));
    } catch (const rpc::RpcError& error) {
      reply.status = rpc::error_info(error.tag).status;
      reply.body = page->plain();
    } catch (const base::Error& error) {
      // The page tries again by itself while the database is away.
      const auto problem = http::problem_of(error);
      if (problem.status != 503) throw;
      reply.status = problem.status;
      reply.retry_after = problem.retry_after;
      reply.body = page->plain();
    }
    reply.headers.emplace_back("Cache-Control", "no-store");
    reply.headers.emplace_back("Vary", "Accept-Language");
    return reply;
  };
}

}  // namespace

std::vector<http::Route> routes(rpc::Backend& backend, const product::Settings& settings) {
  if (!settings.pages.enabled) return {};
  const auto page = std::make_shared<const Page>(settings.pages, settings.rpc.message_chars_max);
  // Without data: it asks for those with the operator's token (server/service/status.hpp).
  const Page status(settings.pages, settings.rpc.message_chars_max, "status.html");
  const auto own = constant(kHtml, page->plain());
  std::vector<http::Route> all{
      {"GET", "/", own, http::Place::kLoop, finish_page},
      {"GET", "/profile", own, http::Place::kLoop, finish_page},
      {"GET", "/status", constant(kHtml, status.plain()), http::Place::kLoop, finish_page},
      {"GET", std::string(kProfilePath), profile_handler(backend, page), http::Place::kWorker, finish_page,
       rpc::admission(settings.limits)},
      {"GET", std::string(kAssetPath), send_asset, http::Place::kLoop, finish_file},
      {"GET", std::string(kCardPath), send_card, http::Place::kLoop, finish_file},
      {"GET", "/licenses.txt", constant("text/plain; charset=utf-8", std::string(page_file("licenses.md"))),
       http::Place::kLoop, finish_file}};
  if (const auto css = face_css(settings.pages); !css.empty())
    all.push_back(
        {"GET", "/face.css", constant("text/css; charset=utf-8", css), http::Place::kLoop, finish_file});
  return all;
}

}  // namespace bigocean::server::pages
