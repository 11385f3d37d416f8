// What this program is made of below its commands: the settings of the toolkit and the product's. Every
// program with the product is linked with this file, the toolkit's alone with cli/toolkit.cpp.
#include <array>

#include "config/setting.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::config {

std::span<const Floor> floors() {
  static const std::array all{toolkit_floor(), server::product::settings_floor()};
  return all;
}

}  // namespace bigocean::config
