// What a program that links the library is made of: the toolkit's settings, and no migrations but those that
// it hands over.
#include <array>

#include "config/setting.hpp"
#include "sql/migrate/history/status.hpp"

namespace bigocean {

std::span<const config::Floor> config::floors() {
  static const std::array all{toolkit_floor()};
  return all;
}

std::span<const base::EmbeddedFile> sql::embedded_migrations() { return {}; }

}  // namespace bigocean
