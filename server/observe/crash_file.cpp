// Crash files: a folder keeps crashes until the next start reports them.
#include "server/observe/crash_file.hpp"

#include <cxxabi.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json.hpp"

namespace bigocean::server::observe {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "crash-";
constexpr std::string_view kSuffix = ".json";
constexpr std::size_t kIdCharacters = 32;
constexpr std::size_t kFileBytesMax = std::size_t{64} * 1024;

/// Why no files can be kept in the folder; empty when they can. A folder in a shared place (`shared`) must
/// belong to this user alone.
std::string fault_of(const std::string& folder, bool shared) {
  std::error_code error;
  fs::create_directories(fs::path(folder).parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return std::strerror(errno);
  struct stat about {};
  if (::lstat(folder.c_str(), &about) != 0) return std::strerror(errno);
  if (shared && (!S_ISDIR(about.st_mode) || about.st_uid != ::geteuid() || (about.st_mode & 077U) != 0)) {
    return "it belongs to another user, or others can write to it";
  }
  return ::access(folder.c_str(), W_OK | X_OK) == 0 ? "" : std::strerror(errno);
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_crash_file(const std::string& name) {
  if (name.size() != kPrefix.size() + kIdCharacters + kSuffix.size()) return false;
  return name.starts_with(kPrefix) && name.ends_with(kSuffix) &&
         name.find_first_not_of("0123456789abcdef", kPrefix.size()) == name.size() - kSuffix.size();
}

std::string demangled(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? text.get() : name;
}

/// "0x55d0c3a01c42 bigocean+0x1c42 _ZN…".
Frame frame_of(const std::string& text) {
  const auto module = std::min(text.find(' '), text.size());
  const auto function = std::min(text.find(' ', module + 1), text.size());
  Frame frame{.address = text.substr(0, module), .module = {}, .function = {}};
  if (module < text.size()) frame.module = text.substr(module + 1, function - module - 1);
  if (function + 1 < text.size()) frame.function = demangled(text.substr(function + 1));
  return frame;
}

SystemTime time_of(const std::string& text) {
  std::tm parts{};
  if (::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr)
    return std::chrono::system_clock::now();
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::optional<Event> read_crash(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kFileBytesMax, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  const nlohmann::json crash = nlohmann::json::parse(text, nullptr, false);
  if (!crash.is_object() || base::string_member(crash, "signal").empty()) return std::nullopt;
  const auto exception = base::string_member(crash, "exception");
  Event event{.id = path.filename().string().substr(kPrefix.size(), kIdCharacters),
              .time = time_of(base::string_member(crash, "time")),
              .fatal = true,
              .failure = {.type = exception.empty() ? base::string_member(crash, "signal") : exception,
                          .message = exception.empty() ? base::string_member(crash, "message")
                                                       : base::string_member(crash, "error"),
                          .place = "crash",
                          .tags = {{"signal", base::string_member(crash, "signal")}}},
              .release = base::string_member(crash, "release")};
  if (const auto frames = crash.find("backtrace"); frames != crash.end() && frames->is_array()) {
    for (const auto& frame : *frames) {
      if (frame.is_string()) event.frames.push_back(frame_of(frame.get<std::string>()));
    }
  }
  event.settled = [path] {
    std::error_code error;
    fs::remove(path, error);
  };
  return event;
}

}  // namespace

CrashFolder open_crash_folder(const std::string& configured) {
  if (!configured.empty()) {
    const auto fault = fault_of(configured, false);
    return fault.empty() ? CrashFolder{configured, {}}
                         : CrashFolder{{}, fmt::format("{}: {}", configured, fault)};
  }
  std::string faults;
  const auto state = variable("XDG_STATE_HOME");
  const auto home = variable("HOME");
  const auto temporary = fmt::format("/tmp/bigocean-{}", ::geteuid());
  for (const auto& folder : {state.empty() ? "" : state + "/bigocean",
                             home.empty() ? "" : home + "/.local/state/bigocean", temporary}) {
    if (folder.empty()) continue;
    const auto fault = fault_of(folder, folder == temporary);
    if (fault.empty()) return {folder, {}};
    faults += fmt::format("{}{}: {}", faults.empty() ? "" : "; ", folder, fault);
  }
  return {{}, faults};
}

std::string new_crash_file(const std::string& folder) {
  return fmt::format("{}/{}{}{}", folder, kPrefix, new_event_id(), kSuffix);
}

std::vector<Event> read_crashes(const std::string& folder, base::Logger& log) {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_regular_file(error) && is_crash_file(entry.path().filename().string()))
      files.emplace_back(entry.last_write_time(error), entry.path());
  }
  std::sort(files.rbegin(), files.rend());
  std::vector<Event> events;
  for (const auto& [time, path] : files) {
    auto event = events.size() < kCrashesMax ? read_crash(path) : std::nullopt;
    if (event) {
      events.push_back(std::move(*event));
    } else {
      log.warn("a file of an earlier crash is removed without a report", {{"file", path.native()}});
      fs::remove(path, error);
    }
  }
  return events;
}

}  // namespace bigocean::server::observe
