// Crash files: a folder keeps crashes until the next start reports them.
#pragma once

#include <string>
#include <vector>

#include "base/log.hpp"
#include "server/observe/envelope.hpp"

namespace bigocean::server::observe {

struct CrashFolder {
  std::string path;   ///< empty: no folder is writable
  std::string fault;  ///< if `path` is empty: why
};

/// Opens the folder, and creates it if necessary. An empty `configured` means the first usable one of
/// $XDG_STATE_HOME/bigocean, $HOME/.local/state/bigocean and /tmp/bigocean-UID; the last only if no other
/// user can write to it.
CrashFolder open_crash_folder(const std::string& configured);

/// The file for a crash of this process; its name is the event's id, so that no crash is counted twice.
std::string new_crash_file(const std::string& folder);

/// The latest kCrashesMax crashes in the folder, each as an event that removes its file once it is settled.
/// Older ones, and files that do not contain a crash, are removed.
constexpr std::size_t kCrashesMax = 10;
std::vector<Event> read_crashes(const std::string& folder, base::Logger& log);

}  // namespace bigocean::server::observe
