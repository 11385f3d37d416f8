// A private PostgreSQL: data folder copied from a template, settings for speed, its own port and socket.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/server_tools.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/spawn.hpp"

namespace bigocean::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kPostgresReadyLimit = 60s;
constexpr auto kPostgresStopLimit = 30s;
constexpr auto kDownloadLimit = 300s;
constexpr auto kReadyLine = "database system is ready to accept";  // "… read-only connections": a standby

// Nothing here has to survive a power cut; everything else is as a server in production has it.
constexpr auto kFastSettings = R"(
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
listen_addresses = '127.0.0.1'
log_timezone = 'UTC'
timezone = 'UTC'
log_line_prefix = '%m [%p] %a '
)";

/// Runs one of scripts/ in this process's whole environment, for npm needs its settings, and returns its
/// line.
std::string script(const std::string& name, const std::string& argument) {
  ProcessOptions options;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto cut = text.find('=');
    if (cut != std::string::npos) options.environment.emplace(text.substr(0, cut), text.substr(cut + 1));
  }
  std::vector<std::string> argv{std::string(BIGOCEAN_SOURCE_DIR) + "/scripts/" + name};
  if (!argument.empty()) argv.push_back(argument);
  const Finished finished = run(argv, options, kDownloadLimit);
  if (finished.exit_code != 0) throw std::runtime_error(argv[0] + " failed:\n" + finished.err);
  return finished.out.substr(0, finished.out.find('\n'));
}

void must_succeed(const std::vector<std::string>& argv) {
  const Finished finished = run(argv);
  if (finished.exit_code != 0) throw std::runtime_error(argv[0] + " failed:\n" + finished.err);
}

void write_file(const fs::path& path, const std::string& text, std::ios::openmode mode = {}) {
  std::ofstream file(path, mode);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The postmaster's children, out of the fourth field of /proc/<pid>/stat.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const pid_t pid = static_cast<pid_t>(std::atoi(entry.path().filename().c_str()));
    if (pid <= 0) continue;
    const std::string stat = read_file(entry.path() / "stat");
    const auto name_end = stat.rfind(')');
    if (name_end == std::string::npos) continue;
    std::istringstream fields(stat.substr(name_end + 1));
    std::string state;
    pid_t its_parent = 0;
    if (fields >> state >> its_parent && its_parent == parent) children.push_back(pid);
  }
  return children;
}

}  // namespace

void make_certificate(const std::string& key, const std::string& certificate) {
  must_succeed({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
                "-out", certificate});
  chmod(key.c_str(), 0600);
}

struct PrivatePostgres::Impl {
  TempDir folder;
  fs::path data = fs::path(folder.path()) / "data";
  std::string binaries;
  std::string hba;
  int port = 0;
  bool tls = false;
  bool paused = false;
  std::unique_ptr<Process> server;
  std::string earlier_log;
  std::atomic<int> databases{0};

  void prepare(const PostgresOptions& options);
  bool try_start();
  void signal_all(int number);
};

void PrivatePostgres::Impl::prepare(const PostgresOptions& options) {
  std::string major = options.major > 0 ? std::to_string(options.major) : "";
  if (const char* wanted = std::getenv("BIGOCEAN_TEST_POSTGRES_MAJOR"); major.empty() && wanted != nullptr) {
    major = wanted;
  }
  binaries = script("postgres-binaries", major);
  must_succeed({"cp", "-a",
                options.standby_from.empty() ? script("postgres-template", major) : options.standby_from,
                data});
  if (!options.standby_from.empty()) write_file(data / "standby.signal", "");
  hba = options.hba;
  std::string settings = kFastSettings;
  settings += "unix_socket_directories = '" + folder.path() + "'\n";
  if (options.tls) {
    tls = true;
    make_certificate(data / "server.key", data / "server.crt");
    fs::copy_file(data / "server.crt", fs::path(folder.path()) / "server.crt");
    settings += "ssl = on\n";
  }
  for (const auto& [name, value] : options.settings) settings += name + " = '" + value + "'\n";
  write_file(data / "postgresql.conf", settings, std::ios::app);
  if (!hba.empty()) write_file(data / "pg_hba.conf", hba + "\n");
  if (const auto user = unprivileged_user()) {
    for (const fs::path& path : {fs::path(folder.path()), data / "server.key", data / "server.crt"}) {
      if (fs::exists(path) && chown(path.c_str(), user->uid, user->gid) != 0) {
        throw std::runtime_error("cannot hand " + path.string() + " to the server's user");
      }
    }
  }
}

/// False when the port was taken in the meantime.
bool PrivatePostgres::Impl::try_start() {
  if (server) earlier_log += server->err();
  ProcessOptions options;
  options.as_unprivileged_user = true;
  options.death_signal = SIGQUIT;  // an immediate shutdown: it takes its shared memory with it
  options.working_directory = "/";
  options.environment["LC_ALL"] = "C.UTF-8";
  server = std::make_unique<Process>(
      std::vector<std::string>{binaries + "/bin/postgres", "-D", data, "-p", std::to_string(port)}, options);
  if (server->wait_for_output(kReadyLine, kPostgresReadyLimit)) return true;
  const std::string log = server->err();
  if (log.find("Address already in use") != std::string::npos) return false;
  throw std::runtime_error("PostgreSQL did not start:\n" + log);
}

// The postmaster stops first and goes on last, so that it neither sees a child missing nor starts another.
void PrivatePostgres::Impl::signal_all(int number) {
  if (number == SIGSTOP) server->signal(number);
  for (const pid_t child : children_of(server->pid())) kill(child, number);
  if (number != SIGSTOP) server->signal(number);
}

PrivatePostgres::PrivatePostgres(const PostgresOptions& options) : impl_(std::make_unique<Impl>()) {
  impl_->prepare(options);
  for (int tries = 0; tries < kPortTries; ++tries) {
    impl_->port = free_port();
    if (impl_->try_start()) return;
  }
  throw std::runtime_error("PostgreSQL found no free port:\n" + impl_->server->err());
}

PrivatePostgres::~PrivatePostgres() {
  try {
    stop();
  } catch (const std::exception&) {
    // The process's destructor kills what did not stop.
  }
}

std::string PrivatePostgres::create_database() {
  const std::string name = "test_" + std::to_string(++impl_->databases);
  query(url(), "CREATE DATABASE " + name);
  return url(name);
}

std::string PrivatePostgres::url(const std::string& database, const std::string& user) const {
  return "postgresql://" + percent_encoded(user) + "@/" + percent_encoded(database) +
         "?host=" + impl_->folder.path() + "&port=" + std::to_string(impl_->port);
}

std::string PrivatePostgres::tcp_url(const std::string& database, const std::string& user,
                                     const std::string& password) const {
  return "postgresql://" + percent_encoded(user) + (password.empty() ? "" : ":" + percent_encoded(password)) +
         "@127.0.0.1:" + std::to_string(impl_->port) + "/" + percent_encoded(database);
}

int PrivatePostgres::port() const { return impl_->port; }
int PrivatePostgres::major() const { return std::stoi(read_file(impl_->data / "PG_VERSION")); }
pid_t PrivatePostgres::pid() const { return impl_->server->pid(); }
std::string PrivatePostgres::log() const { return impl_->earlier_log + impl_->server->err(); }
std::string PrivatePostgres::certificate() const { return impl_->folder.path() + "/server.crt"; }

void PrivatePostgres::stop(bool immediate) {
  if (!impl_->server || !impl_->server->running()) return;
  resume();
  impl_->server->signal(immediate ? SIGQUIT : SIGINT);
  impl_->server->wait(kPostgresStopLimit);
}

void PrivatePostgres::start() {
  if (impl_->server->running()) return;
  if (!impl_->try_start()) throw std::runtime_error("the server's port was taken while it was stopped");
}

void PrivatePostgres::pause() {
  impl_->signal_all(SIGSTOP);
  impl_->paused = true;
}

void PrivatePostgres::resume() {
  if (impl_->paused) impl_->signal_all(SIGCONT);
  impl_->paused = false;
}

PrivatePostgres& shared_postgres() {
  static PrivatePostgres server;
  return server;
}

}  // namespace bigocean::test
