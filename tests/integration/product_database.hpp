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

inline std::string up_of(const base::EmbeddedFile& file) {
  return std::string(file.text.substr(0, file.text.find("\n-- migrate:down")));
}

inline void migrate_up(const std::string& url) {
  for (const base::EmbeddedFile& file : sql::embedded_migrations()) query(url, up_of(file));
}

inline std::string migrated_database() {
  std::string url = shared_postgres().create_database();
  migrate_up(url);
  return url;
}

}  // namespace bigocean::test
