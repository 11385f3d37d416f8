// The events that the engine reports while it works, and the report that it returns at the end.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace bigocean::sql::migrate {

/// A session that blocks another one.
struct Blocker {
  int pid = 0;
  std::string application;
  std::string user;
  std::string client;  ///< address, or "local"
  std::string state;   ///< "idle in transaction", "active", …
  std::string since;   ///< age of its transaction (or session), for people: "3 min 2 s"
  std::string query;   ///< the first 200 characters of its last statement
};

/// "pid 4711 (psql, app@10.0.0.3, idle in transaction for 3 min 2 s): SELECT …"
std::string blocker_text(const Blocker& blocker);

enum class EventKind {
  kServerWait,  ///< the database cannot be reached yet; text says why
  kLockWait,    ///< another migrate holds the lock; blockers
  kPlan,        ///< count: files that will run
  kFileStart,   ///< name, index of count
  kProgress,    ///< name, elapsed; text: phase or place; bytes of bytes_total where known
  kFileRetry,   ///< a table lock could not be taken; blockers, text says when it goes on
  kFileDone,    ///< name, elapsed, statements
  kNote,        ///< a fact that is worth knowing and needs no action
  kWarning,
  kServerNotice,  ///< NOTICE, WARNING … of the server; text
};

struct Event {
  EventKind kind = EventKind::kNote;
  std::string name;  ///< of the migration, or empty
  std::string text;
  std::size_t index = 0;  ///< 1-based number of the file
  std::size_t count = 0;  ///< of files
  std::size_t statements = 0;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_total = 0;
  std::chrono::microseconds elapsed{0};
  std::vector<Blocker> blockers;
};

/// Receives events on the engine's thread; must not throw.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void on(const Event& event) = 0;
};

/// A file that ran to its end in this call.
struct FileResult {
  std::string name;
  std::string direction;  ///< "up" or "down"
  std::chrono::microseconds elapsed{0};
  std::size_t statements = 0;
  int retries = 0;
};

/// Filled while the engine works, so that it is true also when the engine throws.
struct Report {
  std::vector<FileResult> files;
  std::vector<std::string> warnings;
  std::size_t already_applied = 0;
  std::size_t pending = 0;  ///< that were to run when the call began
};

}  // namespace bigocean::sql::migrate
