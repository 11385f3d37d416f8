// Files of the pages that are built into the program, and which form of them a client gets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"

namespace bigocean::server::pages {

/// One file with what it was compressed to. The texts live as long as the program.
struct Asset {
  std::string_view name;          ///< "index-Bw3kZ1aQ.js"; a change of the file changes it
  std::string_view content_type;  ///< by the name's ending
  std::string_view plain;
  std::string_view gzip{};    ///< empty: there is none
  std::string_view brotli{};  ///< empty: there is none
};

/// The files of server/product/web/dist/assets.
const std::vector<Asset>& assets();

/// The file that the built pages call `name`. Throws std::logic_error if there is none: the build is broken.
std::string_view page_file(std::string_view name);

/// Null for a name that is none.
const Asset* find_asset(std::string_view name);

/// The PNG of a type by its file's name, "PFIC.png"; empty for a name that is none.
std::string_view find_card(std::string_view name);

/// A reply with the form of `asset` that `Accept-Encoding` prefers: brotli before gzip before none at the
/// same weight. A client that sends no such header gets it as it is, and so does one that refuses every form.
/// 304 if the client has it.
http::Reply asset_reply(const Asset& asset, const http::Request& request);

/// The weight, 0 to 1, that `Accept-Encoding` gives a coding (RFC 9110, 12.5.3).
double coding_weight(const http::Headers& headers, std::string_view coding);

/// A strong entity tag for these bytes, with its quotes.
std::string entity_tag(std::string_view bytes);

/// Adds the tag, and turns the reply into a 304 without a body if `If-None-Match` names it.
http::Reply with_tag(http::Reply reply, std::string tag, const http::Request& request);

}  // namespace bigocean::server::pages
