// UTF-8, looked at code point by code point.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace bigocean::server::rpc {

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

}  // namespace bigocean::server::rpc
