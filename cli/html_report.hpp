// A report as one file of HTML that needs nothing else: no script, no other file, no network.
#pragma once

#include <string>
#include <string_view>

namespace bigocean::cli {

/// How something is judged; decides its colour. Words always stand beside the colour.
enum class Tone { kGood, kPlain, kWarn, kBad };

/// A word on a coloured ground. Escapes `text`.
std::string html_chip(Tone tone, std::string_view text);

/// An element with `text` in it, escaped; "" for an empty text.
std::string html_element(std::string_view name, std::string_view text);

/// A bar of `share` (0 to 1) of its width, in the tone's colour; for the eye alone, so the number has to
/// stand beside it.
std::string html_bar(Tone tone, double share);

/// The whole file. `title`, `target` and `verdict` are escaped; `body` is HTML. The time and the version of
/// the program stand at its end.
std::string html_report(std::string_view title, std::string_view target, Tone tone, std::string_view verdict,
                        std::string_view body);

}  // namespace bigocean::cli
