// Crashes that wait in a folder for the next start to report them.
#pragma once

#include <string>
#include <vector>

#include "base/log.hpp"
#include "server/observe/envelope.hpp"

namespace bigocean::server::observe {

struct CrashFolder {
  std::string path;   ///< empty: there is none that can be written to
  std::string fault;  ///< then: why not
};

/// Makes the folder if need be. An empty `configured` means the first that will do of
/// $XDG_STATE_HOME/bigocean, $HOME/.local/state/bigocean and /tmp/bigocean-UID; that last one only when
/// nobody else can write to it.
CrashFolder open_crash_folder(const std::string& configured);

/// The file for a crash of this process; its name is the event's id, so that no crash is counted twice.
std::string new_crash_file(const std::string& folder);

/// The latest kCrashesMax crashes in the folder, each as an event that removes its file once it is settled.
/// Older ones, and files that hold no crash, are removed.
constexpr std::size_t kCrashesMax = 10;
std::vector<Event> read_crashes(const std::string& folder, base::Logger& log);

}  // namespace bigocean::server::observe
