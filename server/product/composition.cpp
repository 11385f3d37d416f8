// The floors of the settings: the toolkit's and the product's. Programs with the product link this file; the
// toolkit alone links cli/toolkit.cpp.
#include <array>

#include "config/setting.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::config {

std::span<const Floor> floors() {
  static const std::array all{toolkit_floor(), server::product::settings_floor()};
  return all;
}

}  // namespace bigocean::config
