// The HTML of the pages: the built file with the service's name and texts, and what a shared profile says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/product/assessment/language.hpp"
#include "server/product/rpc/backend.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::pages {

/// The style sheet that sets the colours of the settings; empty if they set none.
std::string face_css(const product::Settings::Pages& settings);

/// Immutable, so thread-safe.
class Page {
 public:
  /// `form` is a built file: "status.html". Throws std::logic_error if the program was built without pages.
  Page(const product::Settings::Pages& settings, std::int64_t message_chars_max,
       std::string_view form = "index.html");

  /// The page that the conversation and one's own profile are shown in, or the one of the operators.
  std::string plain() const;

  /// The page of a shared profile, with what other sites show of a link to it: name, text, picture. Search
  /// engines are asked to leave it out.
  std::string of(const rpc::Profile& profile, assessment::Language language) const;

 private:
  std::string fill(std::string_view title, std::string_view head, assessment::Language language) const;

  product::Settings::Pages settings_;
  std::int64_t message_chars_max_;
  std::string_view form_;
};

}  // namespace bigocean::server::pages
