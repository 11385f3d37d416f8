// Logs a crash of the process in one line, with its backtrace. The code in signal handlers calls only
// async-signal-safe functions, and backtrace(), which is one after its first call.
#include "server/observe/crash_handler.hpp"

#include <execinfo.h>
#include <fcntl.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <exception>
#include <new>

#include "server/http/failure.hpp"
#include "server/observe/crash_line.hpp"
#include "server/observe/symbols.hpp"

namespace bigocean::server::observe {
namespace {

struct Fatal {
  int number;
  const char* name;
  const char* meaning;
};
constexpr std::array<Fatal, 5> kFatal{{{SIGSEGV, "SIGSEGV", "invalid memory access"},
                                       {SIGBUS, "SIGBUS", "memory that is not there"},
                                       {SIGFPE, "SIGFPE", "impossible arithmetic"},
                                       {SIGILL, "SIGILL", "illegal instruction"},
                                       {SIGABRT, "SIGABRT", "aborted"}}};
constexpr int kCrashFramesMax = 50;
/// Seconds for the whole report: the reader of standard output may be stuck, and walking a damaged stack may
/// not end.
constexpr unsigned kLimitSeconds = 3;

template <std::size_t size>
void copy_text(std::array<char, size>& to, const std::string& from) {
  const auto count = from.copy(to.data(), size - 1);
  to[count] = '\0';
}

// Signal handlers can only use process-wide state. It is set before the handlers are installed, except for
// what describes the crash.
struct State {
  std::array<char, 256> release{};
  std::array<char, 4096> file{};
  std::array<char, 256> exception{};  ///< type of an uncaught one
  std::array<char, 1024> error{};     ///< its message

  std::atomic<int> thread{0};  ///< the first that crashed; all others wait for the end
  std::atomic<bool> written{false};
  std::atomic<bool> bare{false};
  int number = 0;
  bool has_address = false;
  std::uintptr_t address = 0;
  std::array<void*, kCrashFramesMax + 8> frames{};
  int frames_begin = 0, frames_end = 0;
  CrashLine line;
  CrashLine bare_line;  ///< used when composing the other line fails

  std::array<struct sigaction, kFatal.size()> earlier{};
  struct sigaction earlier_alarm {};
  std::terminate_handler earlier_terminate = nullptr;
};
State state;

void write_all(int fd, const char* bytes, std::size_t count) {
  while (count > 0) {
    const auto written = ::write(fd, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
}

/// Without symbols it reads only what is in memory already.
void compose(CrashLine& line, bool with_symbols) {
  const Fatal* fatal = &kFatal.front();
  for (const auto& one : kFatal) {
    if (one.number == state.number) fatal = &one;
  }
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  line.text(R"({"level":"error","time":")").time(now).text(R"(","message":"crashed: )");
  line.text(fatal->name).text(", ").text(fatal->meaning).text(R"(","signal":")").text(fatal->name);
  if (state.has_address) line.text(R"(","address":")").hex(state.address);
  if (state.exception[0] != '\0') {
    line.text(R"(","exception":")").escaped(state.exception.data());
    line.text(R"(","error":")").escaped(state.error.data());
  }
  line.text(R"(","thread":)").decimal(static_cast<unsigned long>(state.thread.load()));
  line.text(R"(,"release":")").escaped(state.release.data()).text(R"(","backtrace":[)");
  static Symbol symbol;
  for (int i = state.frames_begin; i < state.frames_end && line.has_room_for_frame(); ++i) {
    const auto address = reinterpret_cast<std::uintptr_t>(state.frames[static_cast<std::size_t>(i)]);
    // A return address is after its call, which may be the last instruction of its function.
    line.text(i == state.frames_begin ? "\"" : ",\"").hex(address);
    if (with_symbols) {
      find_symbol(i == state.frames_begin ? address : address - 1, symbol);
      line.text(" ").escaped(symbol.module).text("+").hex(symbol.offset).text(" ").escaped(symbol.function);
    }
    line.text("\"");
  }
  line.text("]}\n");
}

/// Only the first complete line is written.
void write_line(const CrashLine& line) {
  if (state.written.exchange(true)) return;
  // The file first: writing to a log without a reader may block.
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
  const int fd = state.file[0] == '\0' ? -1 : ::open(state.file.data(), flags, 0600);
  if (fd >= 0) {
    write_all(fd, line.data(), line.size());
    ::close(fd);
  }
  write_all(STDOUT_FILENO, line.data(), line.size());
}

/// Called when reading the stack or a file failed, or took too long.
void write_bare_line() {
  if (state.written || state.bare.exchange(true)) return;
  compose(state.bare_line, false);
  write_line(state.bare_line);
}

/// Ends the process as the unhandled signal does.
[[noreturn]] void die() {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  ::sigaction(state.number, &usual, nullptr);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, state.number);
  ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(state.number);
  ::_exit(128 + state.number);
}

std::uintptr_t program_counter(const void* context) {
  const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return machine.pc;
#else
  static_cast<void>(machine);
  return 0;
#endif
}

/// Takes all frames, then removes this handler's own where they can be recognised.
void walk_stack(const void* context) {
  const int count = ::backtrace(state.frames.data(), static_cast<int>(state.frames.size()));
  state.frames_end = count;
  const auto crashed_at = program_counter(context);
  for (int i = 0; i < count; ++i) {
    if (reinterpret_cast<std::uintptr_t>(state.frames[static_cast<std::size_t>(i)]) == crashed_at) {
      state.frames_begin = i;
      break;
    }
  }
  if (state.frames_end - state.frames_begin > kCrashFramesMax)
    state.frames_end = state.frames_begin + kCrashFramesMax;
}

void on_crash(int number, siginfo_t* info, void* context) {
  const int self = ::gettid();
  int first = 0;
  if (!state.thread.compare_exchange_strong(first, self)) {
    // Another thread is reporting and ends the process, at the latest by its alarm.
    while (first != self) ::pause();
    write_bare_line();
    die();
  }
  state.number = number;
  state.has_address = info->si_code > 0 && number != SIGABRT;  // by the processor, not by kill()
  if (state.has_address) state.address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  ::alarm(kLimitSeconds);
  walk_stack(context);
  compose(state.line, true);
  write_line(state.line);
  die();
}

void on_alarm(int) {
  if (state.number == 0) return;
  write_bare_line();
  die();
}

[[noreturn]] void on_terminate() {
  const auto current = std::current_exception();
  try {
    if (current) std::rethrow_exception(current);
    copy_text(state.exception, "std::terminate");
    copy_text(state.error, "called without an exception");
  } catch (const std::exception& error) {
    const auto failure = failure_of(error);
    copy_text(state.exception, failure.type);
    copy_text(state.error, failure.message);
  } catch (...) {
    copy_text(state.exception, "unknown");
    copy_text(state.error, "an exception that is not a std::exception");
  }
  std::abort();
}

void handle(int number, void (*handler)(int, siginfo_t*, void*), struct sigaction& earlier) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  // Not deferred: if the handler itself crashes, it is called again and writes what it has.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  ::sigaction(number, &action, &earlier);
}

}  // namespace

CrashHandler::CrashHandler(const CrashNote& note) {
  copy_text(state.release, note.release);
  if (note.file.size() < state.file.size()) copy_text(state.file, note.file);
  // The first call loads the unwinder, which a crashing process could not do.
  void* frame = nullptr;
  ::backtrace(&frame, 1);
  for (std::size_t i = 0; i < kFatal.size(); ++i) handle(kFatal[i].number, on_crash, state.earlier[i]);
  handle(
      SIGALRM, [](int number, siginfo_t*, void*) { on_alarm(number); }, state.earlier_alarm);
  state.earlier_terminate = std::set_terminate(on_terminate);
}

CrashHandler::~CrashHandler() {
  std::set_terminate(state.earlier_terminate);
  ::sigaction(SIGALRM, &state.earlier_alarm, nullptr);
  for (std::size_t i = 0; i < kFatal.size(); ++i) {
    ::sigaction(kFatal[i].number, &state.earlier[i], nullptr);
  }
}

}  // namespace bigocean::server::observe
