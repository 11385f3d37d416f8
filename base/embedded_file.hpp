// A file that was built into the binary.
#pragma once

#include <span>
#include <string_view>

namespace bigocean::base {

/// Name (without folder) and bytes of an embedded file; both live as long as the program.
struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

}  // namespace bigocean::base
