// Child processes for tests: started, watched with a limit, stopped by process id.
#include "tests/support/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

// glibc 2.36 declares pidfd_open without C linkage, hence the bare system call below.
#include "tests/support/spawn.hpp"

namespace bigocean::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kSampleEvery{20};

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int get() const { return number_; }

 private:
  int number_;
};

Descriptor checked(int number, const char* what) {
  if (number < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
  return Descriptor(number);
}

Descriptor standard_input(const std::string& text) {
  if (text.empty()) return checked(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
  Descriptor file = checked(memfd_create("input", MFD_CLOEXEC), "memfd_create");
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = write(file.get(), text.data() + done, text.size() - done);
    if (count < 0) throw std::runtime_error("cannot store a child's input");
    done += static_cast<std::size_t>(count);
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::vector<std::string> clean_environment(std::map<std::string, std::string> wanted) {
  wanted.emplace("TZ", "UTC");
  for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) wanted.emplace(name, value);
  }
  std::vector<std::string> result;
  for (const auto& [name, value] : wanted) result.push_back(name + "=" + value);
  return result;
}

long peak_kb_of(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

long own_peak_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// Takes what can be read without waiting; false at the end of the stream.
bool read_available(int descriptor, std::string& text) {
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    } else {
      return count < 0 && (errno == EAGAIN || errno == EINTR);
    }
  }
}

}  // namespace

struct Process::Impl {
  pid_t pid = -1;
  std::string name;
  Descriptor pidfd, out_pipe, err_pipe;
  long own_peak_at_start_kb = 0;

  std::mutex mutex;
  std::condition_variable changed;
  std::string out, err;
  bool ended = false;
  Finished finished;
  std::thread collector;

  void collect();
  void reap(long sampled_peak_kb);
};

// Runs on the collector thread until the child has ended and all it wrote is read. A grandchild that still
// holds the pipes does not keep it.
void Process::Impl::collect() {
  std::array<pollfd, 3> watched{
      {{pidfd.get(), POLLIN, 0}, {out_pipe.get(), POLLIN, 0}, {err_pipe.get(), POLLIN, 0}}};
  long sampled_peak_kb = 0;
  while (true) {
    poll(watched.data(), watched.size(), static_cast<int>(kSampleEvery.count()));
    sampled_peak_kb = std::max(sampled_peak_kb, peak_kb_of(pid));
    const bool over = (watched[0].revents & POLLIN) != 0;
    const std::lock_guard lock(mutex);
    const auto before = out.size() + err.size();
    if (!read_available(out_pipe.get(), out)) watched[1].fd = -1;
    if (!read_available(err_pipe.get(), err)) watched[2].fd = -1;
    if (over) reap(sampled_peak_kb);
    if (over || out.size() + err.size() != before) changed.notify_all();
    if (over) return;
  }
}

void Process::Impl::reap(long sampled_peak_kb) {
  int status = 0;
  rusage usage{};
  while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  finished.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  finished.out = out;
  finished.err = err;
  // The kernel counts the forked copy of this process into the child's peak, so that number says something
  // about the child only when it is above this process's own.
  finished.rss_max_kb = usage.ru_maxrss > own_peak_at_start_kb ? usage.ru_maxrss : sampled_peak_kb;
  ended = true;
}

Process::Process(const std::vector<std::string>& argv, const ProcessOptions& options)
    : impl_(std::make_unique<Impl>()) {
  std::array<int, 2> out{}, err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("cannot make pipes for " + argv.at(0));
  }
  const Descriptor out_end(out[1]), err_end(err[1]);
  impl_->out_pipe = Descriptor(out[0]);
  impl_->err_pipe = Descriptor(err[0]);
  fcntl(out[0], F_SETFL, O_NONBLOCK);
  fcntl(err[0], F_SETFL, O_NONBLOCK);
  const Descriptor in = standard_input(options.input);

  SpawnRequest request;
  request.argv = argv;
  request.environment = clean_environment(options.environment);
  request.working_directory = options.working_directory;
  if (options.as_unprivileged_user) request.user = unprivileged_user();
  request.in = in.get();
  request.out = out_end.get();
  request.err = err_end.get();
  request.death_signal = options.death_signal;

  impl_->name = argv.at(0);
  impl_->own_peak_at_start_kb = own_peak_kb();
  impl_->pid = spawn(request);
  impl_->pidfd = checked(static_cast<int>(syscall(SYS_pidfd_open, impl_->pid, 0)), "pidfd_open");
  impl_->collector = std::thread([impl = impl_.get()] { impl->collect(); });
}

Process::Process(Process&&) noexcept = default;

Process::~Process() {
  if (!impl_) return;
  signal(SIGKILL);
  impl_->collector.join();
}

pid_t Process::pid() const { return impl_->pid; }

void Process::signal(int number) {
  // Under the lock and only before the child is reaped: its id cannot belong to another process by then.
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->ended) kill(impl_->pid, number);
}

bool Process::running() {
  const std::lock_guard lock(impl_->mutex);
  return !impl_->ended;
}

std::string Process::out() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->out;
}

std::string Process::err() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->err;
}

bool Process::wait_for_output(const std::string& text, milliseconds limit) {
  std::unique_lock lock(impl_->mutex);
  const auto there = [&] {
    return impl_->out.find(text) != std::string::npos || impl_->err.find(text) != std::string::npos;
  };
  impl_->changed.wait_for(lock, limit, [&] { return impl_->ended || there(); });
  return there();
}

Finished Process::wait(milliseconds limit) {
  {
    std::unique_lock lock(impl_->mutex);
    if (impl_->changed.wait_for(lock, limit, [this] { return impl_->ended; })) return impl_->finished;
  }
  signal(SIGKILL);
  throw std::runtime_error(impl_->name + " did not end within " + std::to_string(limit.count()) +
                           " ms; standard output:\n" + out() + "\nstandard error:\n" + err());
}

Finished run(const std::vector<std::string>& argv, const ProcessOptions& options, milliseconds limit) {
  return Process(argv, options).wait(limit);
}

void wait_until(const std::string& what, milliseconds limit, const std::function<bool()>& done) {
  const auto deadline = steady_clock::now() + limit;
  while (!done()) {
    if (steady_clock::now() >= deadline) {
      throw std::runtime_error("waited " + std::to_string(limit.count()) + " ms in vain: " + what);
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
}

// Below the range that the kernel gives to outgoing connections, so that none of those takes the port before
// its server does; at random, so that test programs running side by side seldom choose the same.
int free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(20000, 31999);
  for (int tries = 0; tries < 200; ++tries) {
    const int port = ports(random);
    const Descriptor probe = checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return port;
  }
  throw std::runtime_error("no free port between 20000 and 31999 in 200 tries");
}

}  // namespace bigocean::test
