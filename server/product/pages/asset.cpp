// Files of the pages that are built into the program, and which form of them a client gets.
#include "server/product/pages/asset.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <stdexcept>

#include "base/checksum.hpp"
#include "base/embedded_file.hpp"
#include "base/text.hpp"

namespace bigocean::server::pages {

std::span<const base::EmbeddedFile> embedded_pages();  // made by cmake/pages.cmake
std::span<const base::EmbeddedFile> embedded_cards();

namespace {

constexpr std::size_t kTagDigits = 32;

std::string_view find_file(std::span<const base::EmbeddedFile> files, std::string_view name) {
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const auto& one) { return one.name == name; });
  return found == files.end() ? std::string_view() : found->text;
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return {};
}

std::vector<Asset> read_assets() {
  std::vector<Asset> found;
  for (const auto& file : embedded_pages()) {
    const auto type = type_of(file.name);
    if (type.empty()) continue;
    const std::string name(file.name);
    found.push_back({file.name, type, file.text, find_file(embedded_pages(), name + ".gz"),
                     find_file(embedded_pages(), name + ".br")});
  }
  return found;
}

/// The weight of "br;q=0.5"; one that is malformed counts as 0.
double weight_in(std::string_view range) {
  const auto at = range.find(';');
  if (at == range.npos) return 1;
  auto parameter = base::trim(range.substr(at + 1));
  if (!base::equals_ignoring_case(parameter.substr(0, 2), "q=")) return 1;
  parameter.remove_prefix(2);
  double weight = 0;
  const auto* const end = parameter.data() + parameter.size();
  const auto [stop, fault] = std::from_chars(parameter.data(), end, weight, std::chars_format::fixed);
  return fault == std::errc() && stop == end && weight >= 0 && weight <= 1 ? weight : 0;
}

}  // namespace

const std::vector<Asset>& assets() {
  static const std::vector<Asset> kAll = read_assets();
  return kAll;
}

std::string_view page_file(std::string_view name) {
  const auto text = find_file(embedded_pages(), name);
  if (text.empty()) throw std::logic_error("the pages were built without " + std::string(name));
  return text;
}

const Asset* find_asset(std::string_view name) {
  const auto found =
      std::find_if(assets().begin(), assets().end(), [&](const Asset& one) { return one.name == name; });
  return found == assets().end() ? nullptr : &*found;
}

std::string_view find_card(std::string_view name) { return find_file(embedded_cards(), name); }

double coding_weight(const http::Headers& headers, std::string_view coding) {
  const auto value = http::find_header(headers, "Accept-Encoding");
  if (!value) return 0;
  double any = 0;
  for (const auto range : base::comma_list(*value)) {
    const auto name = base::trim(range.substr(0, range.find(';')));
    if (base::equals_ignoring_case(name, coding)) return weight_in(range);
    if (name == "*") any = weight_in(range);
  }
  return any;
}

std::string entity_tag(std::string_view bytes) {
  return '"' + base::sha256_hex(bytes).substr(0, kTagDigits) + '"';
}

http::Reply with_tag(http::Reply reply, std::string tag, const http::Request& request) {
  bool has_it = false;
  for (const auto& [name, value] : request.headers) {
    if (!base::equals_ignoring_case(name, "If-None-Match")) continue;
    for (auto known : base::comma_list(value)) {
      if (known.starts_with("W/"))
        known.remove_prefix(2);  // the comparison is the weak one (RFC 9110, 13.1.2)
      has_it = has_it || known == tag || known == "*";
    }
  }
  reply.headers.emplace_back("ETag", std::move(tag));
  if (has_it && reply.status == 200) {
    reply.status = 304;
    reply.body.clear();
  }
  return reply;
}

http::Reply asset_reply(const Asset& asset, const http::Request& request) {
  struct Form {
    std::string_view coding;
    std::string_view bytes;
  };
  Form best{"", asset.plain};
  double best_weight = 0;
  for (const Form& form : {Form{"br", asset.brotli}, Form{"gzip", asset.gzip}}) {
    const auto weight = form.bytes.empty() ? 0 : coding_weight(request.headers, form.coding);
    if (weight <= best_weight) continue;
    best = form;
    best_weight = weight;
  }
  http::Reply reply{
      .content_type = std::string(asset.content_type), .body = std::string(best.bytes), .headers = {}};
  reply.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  reply.headers.emplace_back("Vary", "Accept-Encoding");
  if (!best.coding.empty()) reply.headers.emplace_back("Content-Encoding", best.coding);
  // The name changes with the content, so it is enough for a tag; each form needs one of its own.
  auto tag =
      '"' + std::string(asset.name) + (best.coding.empty() ? "" : "." + std::string(best.coding)) + '"';
  return with_tag(std::move(reply), std::move(tag), request);
}

}  // namespace bigocean::server::pages
