// Which build this is: both values come from CMake.
#include "base/version.hpp"

namespace bigocean::base {

std::string_view version() { return BIGOCEAN_VERSION; }
std::string_view git_commit() { return BIGOCEAN_COMMIT; }

}  // namespace bigocean::base
