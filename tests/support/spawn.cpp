// Starts one child process with its standard streams, user and environment set.
#include "tests/support/spawn.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace bigocean::test {
namespace {

// The kernel sends a parent-death signal when the THREAD that forked ends. So one thread does all forking
// and lives as long as the process; a test may start servers from a thread that ends before them.
class Forker {
 public:
  ~Forker() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  pid_t fork_for(const std::function<pid_t()>& fork_child) {
    std::packaged_task<pid_t()> task(fork_child);
    auto result = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    wake_.notify_all();
    return result.get();
  }

 private:
  void loop() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return done_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      auto task = std::move(tasks_.front());
      tasks_.erase(tasks_.begin());
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::packaged_task<pid_t()>> tasks_;
  bool done_ = false;
  std::thread thread_{[this] { loop(); }};
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void fail(const char* what, const char* which) {
  const char* reason = std::strerror(errno);
  for (const char* part : {what, " ", which, ": ", reason, "\n"}) {
    if (write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
  }
  _exit(127);
}

// Between fork and exec: only calls that are safe in the child of a process with threads.
[[noreturn]] void become(const SpawnRequest& request, char* const* argv, char* const* environment,
                         pid_t parent) {
  dup2(request.in, STDIN_FILENO);
  dup2(request.out, STDOUT_FILENO);
  dup2(request.err, STDERR_FILENO);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (!request.working_directory.empty() && chdir(request.working_directory.c_str()) != 0) {
    fail("cannot enter", request.working_directory.c_str());
  }
  if (request.user) {
    if (setgroups(0, nullptr) != 0 || setgid(request.user->gid) != 0 || setuid(request.user->uid) != 0) {
      fail("cannot become another user for", argv[0]);
    }
  }
  // After setuid, which clears it.
  prctl(PR_SET_PDEATHSIG, request.death_signal);
  if (getppid() != parent) _exit(127);
  execvpe(argv[0], argv, environment);
  fail("cannot run", argv[0]);
}

}  // namespace

std::optional<User> unprivileged_user() {
  if (geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* entry = getpwnam(name)) return User{entry->pw_uid, entry->pw_gid};
  }
  throw std::runtime_error("this runs as root, servers must not, and there is no user postgres or nobody");
}

pid_t spawn(const SpawnRequest& request) {
  static Forker forker;
  const auto argv = pointers(request.argv);
  const auto environment = pointers(request.environment);
  const pid_t parent = getpid();
  const pid_t pid = forker.fork_for([&] {
    // A signal that reaches the child early must not run a handler of this process in it.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t child = fork();
    if (child == 0) become(request, argv.data(), environment.data(), parent);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return child;
  });
  if (pid < 0) throw std::runtime_error("cannot fork for " + request.argv.front());
  return pid;
}

}  // namespace bigocean::test
