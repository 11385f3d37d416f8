// Normalizes free text, so that it can be compared with lists of words.
#include "server/product/assessment/folded.hpp"

#include "base/text.hpp"

namespace bigocean::server::assessment {
namespace {

/// U+00C0 to U+00FF without accents; '.' for characters that are not accented letters.
constexpr std::string_view kLatin =
    "aaaaaa.ceeeeiiii"
    ".nooooo.ouuuuy.."
    "aaaaaa.ceeeeiiii"
    ".nooooo.ouuuuy.y";

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

}  // namespace

std::string folded(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned first = byte_at(text, i);
    const unsigned second = byte_at(text, i + 1);
    if (first == 0xC3 && second == 0x9F) {  // U+00DF
      result += "ss";
      ++i;
    } else if (first == 0xC3 && second >= 0x80 && second <= 0xBF && kLatin[second - 0x80] != '.') {
      result += kLatin[second - 0x80];
      ++i;
    } else if ((first == 0xCC && second >= 0x80 && second <= 0xBF) ||
               (first == 0xCD && second >= 0x80 && second <= 0xAF)) {  // U+0300 to U+036F: combining marks
      ++i;
    } else if (first == 0xE2 && second == 0x80 && byte_at(text, i + 2) == 0x99) {  // U+2019
      result += '\'';
      i += 2;
    } else {
      result += text[i];
    }
  }
  return base::to_lower(result);
}

}  // namespace bigocean::server::assessment
