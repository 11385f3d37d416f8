// UTF-8, looked at code point by code point.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bigocean::base {

/// Where the first sequence begins that is no UTF-8 (RFC 3629: not overlong, no surrogates, up to U+10FFFF),
/// as an offset; nothing when all of it is.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Cuts the first code point off `text`, which is valid UTF-8 and not empty.
char32_t take_code_point(std::string_view& text);

/// Of valid UTF-8.
std::size_t count_code_points(std::string_view text);

/// C0, DEL and C1.
bool is_control(char32_t point);

/// White space of Unicode, as \s matches it in ECMA 262.
bool is_blank(char32_t point);

/// What shows nothing by itself: zero-width characters, joiners, marks of direction, variation selectors,
/// tags (Default_Ignorable_Code_Point of Unicode), the filler of Braille, and blanks.
bool is_invisible(char32_t point);

/// Embeds, overrides or isolates the direction of the text behind it (U+202A to U+202E, U+2066 to U+2069): it
/// can make a text look like another one. The marks that right-to-left scripts need (U+200E, U+200F, U+061C)
/// are none of these.
bool is_bidi_control(char32_t point);

/// The one rule for text, whoever writes it: no control character but line feed and tab, and no control of
/// direction.
bool is_forbidden(char32_t point);

/// Of valid UTF-8: there is nothing to be seen in it. True for an empty text.
bool is_blank_text(std::string_view text);

/// CR LF and CR become LF.
std::string with_line_feeds(std::string_view text);

/// Keeps what comes in pieces to the rule for text: CR LF and CR become LF, and what is forbidden is left
/// out. The pieces hold whole code points; bytes that are no UTF-8 become U+FFFD. All pieces together come to
/// the same, however the text is cut.
class TextCleaner {
 public:
  std::string take(std::string_view piece);

 private:
  bool after_cr_ = false;
};

/// The same for a whole text.
std::string clean_text(std::string_view text);

}  // namespace bigocean::base
