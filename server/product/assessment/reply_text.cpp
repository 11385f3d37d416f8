// Decides which part of a model's reply is stored and shown.
#include "server/product/assessment/reply_text.hpp"

#include <string_view>

#include "base/unicode.hpp"

namespace bigocean::server::assessment {
namespace {

constexpr std::u32string_view kNarrowEnds = U".!?\u2026\u061F\u06D4\u0964";  // … ؟ ۔ ।
constexpr std::u32string_view kWideEnds = U"\u3002\uFF01\uFF1F\uFF0E";       // 。！？．
constexpr std::u32string_view kClosers = U"\"')]\u2019\u201D\u00BB\u300D\u300F\uFF09\u203A";

bool is_in(std::u32string_view set, char32_t point) { return set.find(point) != set.npos; }

}  // namespace

std::string_view whole_sentences(std::string_view text) {
  std::size_t end = 0;
  bool may_end = false;  ///< behind a narrow mark, and closers
  bool is_wide = false;
  for (auto rest = text; !rest.empty();) {
    const auto at = text.size() - rest.size();
    const auto point = base::take_code_point(rest);
    if (may_end && (is_wide || base::is_blank(point))) end = at;
    if (is_in(kNarrowEnds, point) || is_in(kWideEnds, point)) {
      may_end = true;
      is_wide = is_in(kWideEnds, point);
    } else if (!may_end || !is_in(kClosers, point)) {
      may_end = false;
    }
    if (is_wide && may_end) end = text.size() - rest.size();
  }
  if (may_end) end = text.size();
  return text.substr(0, end);
}

std::string usable_text(const llm::ChatReply& reply) {
  if (reply.stop == llm::ChatReply::Stop::kRefusal || base::is_blank_text(reply.text)) return {};
  std::string_view text = reply.text;
  std::string_view rest = text;
  for (std::size_t i = 0; i < kReplyCharsMax && !rest.empty(); ++i) base::take_code_point(rest);
  const bool is_cut = reply.stop == llm::ChatReply::Stop::kMaxTokens || !rest.empty();
  text.remove_suffix(rest.size());
  return std::string(is_cut ? whole_sentences(text) : text);
}

}  // namespace bigocean::server::assessment
