// Runs one command and prints "<wall ms> <CPU ms> <peak resident KB>" of it on standard output.
// The program is small on purpose: the kernel counts the forked copy of the parent into a child's peak, so
// the set-up of a large parent would be measured too. The command's own output goes to the file LOG.
//   stopwatch LOG COMMAND [ARGUMENT...]
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstring>

extern char** environ;

namespace {

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fputs("usage: stopwatch LOG COMMAND [ARGUMENT...]\n", stderr);
    return 2;
  }
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_addopen(&streams, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&streams, 1, arguments[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&streams, 1, 2);

  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  if (const int error = posix_spawnp(&child, arguments[2], &streams, nullptr, arguments + 2, environ)) {
    std::fprintf(stderr, "stopwatch: cannot run %s: %s\n", arguments[2], std::strerror(error));
    return 127;
  }
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child) return 1;
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - start;

  std::printf("%.3f %.3f %ld\n", wall.count(), milliseconds(used.ru_utime) + milliseconds(used.ru_stime),
              used.ru_maxrss);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
