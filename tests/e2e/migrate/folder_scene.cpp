// Lays out folders for a scene, and reads what a database has at the end.
#include "tests/e2e/migrate/folder_scene.hpp"

#include <filesystem>

namespace bigocean::test {

void lay_out(const Scene& scene, const Files& files) {
  for (const auto& [path, text] : files) {
    if (path.ends_with('/')) {
      std::filesystem::create_directories(scene.folder() + "/" + path);
    } else {
      scene.file(path, text);
    }
  }
}

Finished run_psql(const Scene& scene, const std::string& sql) {
  const TempDir dir;
  return run({"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", dir.write("all.sql", sql), scene.url});
}

Rows catalogue(const Scene& scene) {
  return scene.rows(
      "SELECT c.relkind::text, c.relname::text, coalesce(string_agg(a.attname || ' ' || "
      "format_type(a.atttypid,"
      " a.atttypmod), ', ' ORDER BY a.attnum), '') FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid ="
      " c.oid AND a.attnum > 0 WHERE c.relnamespace = 'public'::regnamespace GROUP BY 1, 2"
      " UNION ALL SELECT 'enum', enumtypid::regtype::text, string_agg(enumlabel, ' ' ORDER BY enumsortorder)"
      " FROM pg_enum GROUP BY 2"
      " UNION ALL SELECT 'function', proname::text, prosrc FROM pg_proc"
      " WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2");
}

}  // namespace bigocean::test
