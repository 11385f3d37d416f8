// Starts one child process with its standard streams, user and environment set.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace bigocean::test {

struct User {
  uid_t uid;
  gid_t gid;
};

/// Who servers run as: "postgres" if there is such a user, else "nobody", when this process is root; else
/// nothing, for then they run as this process's own user.
std::optional<User> unprivileged_user();

struct SpawnRequest {
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< "NAME=value"
  std::string working_directory;         ///< empty: this process's
  std::optional<User> user;              ///< empty: this process's
  int in = -1, out = -1, err = -1;       ///< descriptors that become 0, 1, 2
  int death_signal = 0;                  ///< see ProcessOptions
};

/// Returns the child's id. A program that cannot be run ends with 127 and a line on standard error.
pid_t spawn(const SpawnRequest& request);

}  // namespace bigocean::test
