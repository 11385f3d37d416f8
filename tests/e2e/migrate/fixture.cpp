// Shared by the migration tests: a database, a folder of files, and the real binary.
#include "tests/e2e/migrate/fixture.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace bigocean::test {
namespace {

constexpr std::chrono::seconds kRunLimit{120};
constexpr std::chrono::seconds kWaitLimit{30};

}  // namespace

Scene::Scene(PrivatePostgres& postgres) : url(postgres.create_database()) {
  environment["DATABASE_URL"] = url;
  environment["BIGOCEAN_MIGRATE_NEW_HISTORY"] = "true";  // most scenes make tables first
}

void Scene::remove(const std::string& name) const { std::filesystem::remove(folder() + "/" + name); }

std::string Scene::read(const std::string& name) const {
  const std::ifstream file(folder() + "/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

ProcessOptions Scene::options() const {
  ProcessOptions options;
  options.environment = environment;
  options.working_directory = working_folder_.path();
  return options;
}

Arguments Scene::command(const Arguments& arguments) const {
  Arguments argv{BIGOCEAN_BINARY, "migrate"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const bool reads_no_files = !arguments.empty() && arguments.front() == "dump";
  if (!reads_no_files) argv.insert(argv.end(), {"--dir", folder()});
  return argv;
}

Finished Scene::migrate(const Arguments& arguments) const {
  return run(command(arguments), options(), kRunLimit);
}

Process Scene::start(const Arguments& arguments) const { return Process(command(arguments), options()); }

void Scene::wait_for(const std::string& condition) const {
  Session session(url);
  wait_until(condition, kWaitLimit, [&] { return session.run("SELECT " + condition).at(0).at(0) == "t"; });
}

std::string Scene::history() const {
  if (value("SELECT to_regclass('bigocean.migrations') IS NULL") == "t") return {};
  return value("SELECT coalesce(string_agg(name, ' ' ORDER BY ordinal), '') FROM bigocean.migrations");
}

bool Scene::has_table(const std::string& name) const {
  return value("SELECT to_regclass('" + name + "') IS NOT NULL") == "t";
}

std::string Scene::fingerprint() const {
  // The end of a session, and with it of its locks, comes a moment after the process's.
  wait_for("(" + kLocksHeld + ") = 0");
  std::string text;
  const auto add = [&](const std::string& sql) {
    for (const auto& row : rows(sql)) text += row.at(0) + "\n";
  };
  for (const std::string catalog : {"pg_namespace", "pg_class", "pg_proc", "pg_type", "pg_constraint"})
    add("SELECT concat_ws(' ', '" + catalog + "', x.xmin, x.oid) FROM " + catalog + " x WHERE oid >= 16384" +
        " ORDER BY oid");
  add("SELECT concat_ws(' ', 'column', xmin, attrelid, attnum) FROM pg_attribute WHERE attrelid >= 16384"
      " ORDER BY attrelid, attnum");
  for (const auto& table :
       rows("SELECT oid::regclass::text, relkind FROM pg_class WHERE relkind IN ('r', 'S')"
            " AND oid >= 16384 ORDER BY oid")) {
    const bool sequence = table.at(1) == "S";
    add(std::string("SELECT concat_ws(' ', ") + (sequence ? "last_value, is_called" : "x.xmin, x.ctid, x") +
        ") FROM " + table.at(0) + " x" + (sequence ? "" : " ORDER BY ctid"));
  }
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder())) {
    const auto name = entry.path().lexically_relative(folder()).string();
    files.push_back(name + ": " + (entry.is_regular_file() ? read(name) : "a folder"));
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) text += file + "\n";
  return text;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

std::string said(const Finished& done) {
  return "exit " + std::to_string(done.exit_code) + "\n--- out\n" + done.out + "--- err\n" + done.err;
}

nlohmann::json document(const Finished& done) { return nlohmann::json::parse(done.out); }

}  // namespace bigocean::test
