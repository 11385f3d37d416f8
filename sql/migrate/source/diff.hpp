// The difference of two texts, line by line, for people.
#pragma once

#include <string>
#include <string_view>

namespace bigocean::sql::migrate {

/// A unified diff ("-" as applied, "+" as it is here), at most `lines_max` lines of it. Texts of more than
/// 512 KB are not compared in full: then only the first line that differs is shown.
std::string diff_texts(std::string_view applied, std::string_view here, std::size_t lines_max = 60);

}  // namespace bigocean::sql::migrate
