// A database of its own with the product's schema.
#pragma once

#include <span>
#include <string>

#include "base/embedded_file.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::sql {
std::span<const base::EmbeddedFile> embedded_migrations();
}

namespace bigocean::test {

inline std::string migrated_database() {
  std::string url = shared_postgres().create_database();
  for (const base::EmbeddedFile& file : sql::embedded_migrations()) {
    query(url, std::string(file.text.substr(0, file.text.find("\n-- migrate:down"))));
  }
  return url;
}

}  // namespace bigocean::test
