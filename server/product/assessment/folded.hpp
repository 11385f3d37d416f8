// Text as people write it, made comparable with lists of words.
#pragma once

#include <string>
#include <string_view>

namespace bigocean::server::assessment {

/// Lower case, without the accents and dots of Latin letters (composed or combining; "ß" is "ss"), with one
/// kind of apostrophe: "Überhaupt nicht" is "uberhaupt nicht", and so is what somebody without an "Ü" on the
/// keyboard writes. Everything else stays, bytes that are no UTF-8 too.
std::string folded(std::string_view text);

}  // namespace bigocean::server::assessment
