// Normalizes free text, so that it can be compared with lists of words.
#pragma once

#include <string>
#include <string_view>

namespace bigocean::server::assessment {

/// Lower case, without the accents and dots of Latin letters (composed or combining; "ß" is "ss"), with one
/// kind of apostrophe: "Überhaupt nicht" becomes "uberhaupt nicht", as users without an "Ü" on the keyboard
/// write it. Everything else stays, including bytes that are not UTF-8.
std::string folded(std::string_view text);

}  // namespace bigocean::server::assessment
