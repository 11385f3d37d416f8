// UTF-8 text, read code point by code point.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bigocean::base {

/// The byte offset of the first sequence that is not valid UTF-8 (RFC 3629: not overlong, no surrogates, up
/// to U+10FFFF); nothing when the whole text is valid.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Removes the first code point from `text` and returns it. `text` must be valid UTF-8 and not empty.
char32_t take_code_point(std::string_view& text);

/// The number of code points in `text`, which must be valid UTF-8.
std::size_t count_code_points(std::string_view text);

/// Control characters: C0, DEL and C1.
bool is_control(char32_t point);

/// White space of Unicode, as \s matches it in ECMA 262.
bool is_blank(char32_t point);

/// Characters that show nothing by themselves: zero-width characters, joiners, direction marks, variation
/// selectors, tags (Default_Ignorable_Code_Point of Unicode), the blank Braille pattern, and white space.
bool is_invisible(char32_t point);

/// Characters that embed, override or isolate the direction of the text after them (U+202A to U+202E, U+2066
/// to U+2069): they can make a text look like another one. The marks that right-to-left scripts need (U+200E,
/// U+200F, U+061C) are not among them.
bool is_bidi_control(char32_t point);

/// The one rule for text from users and models: forbidden are control characters except line feed and tab,
/// and bidirectional controls.
bool is_forbidden(char32_t point);

/// Whether `text` (valid UTF-8) has no visible character. True for an empty text.
bool is_blank_text(std::string_view text);

/// Returns `text` with CR LF and CR replaced by LF.
std::string with_line_feeds(std::string_view text);

/// Applies the rule for text to a text that arrives in pieces: CR LF and CR become LF, and forbidden
/// characters are removed. Each piece must hold whole code points; bytes that are not UTF-8 become U+FFFD.
/// The result does not depend on where the text is cut.
class TextCleaner {
 public:
  std::string take(std::string_view piece);

 private:
  bool after_cr_ = false;
};

/// The same for a text in one piece.
std::string clean_text(std::string_view text);

}  // namespace bigocean::base
