// How `bigocean migrate` reports what it does: lines, a live line on a terminal, JSON records.
#include "cli/migrate/output.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/log_format.hpp"
#include "sql/migrate/run/failure.hpp"

namespace bigocean::cli {
namespace {

using base::format_elapsed;
using sql::migrate::Event;
using sql::migrate::EventKind;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kHeartbeat{15};
constexpr std::chrono::milliseconds kLiveLinePause{100};

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// How far a running file is: "12.4 s, building index: 42 %, 3 of 20 MB, waiting for pid …".
std::string progress_text(const Event& event) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (!event.text.empty()) add(event.text);
  if (event.statements > 0) add(fmt::format("statement {}", event.statements));
  if (event.bytes > 0 && event.bytes_total > 64 * 1024) {
    add(fmt::format("{} of {}", base::format_bytes(event.bytes), base::format_bytes(event.bytes_total)));
  }
  for (const auto& blocker : event.blockers) add("waiting for " + blocker_text(blocker));
  return text;
}

/// The sentence for an event; empty for those that get no line of their own.
std::string line_for(const Event& event, Loudness loudness) {
  switch (event.kind) {
    case EventKind::kServerWait:
      return "waiting for the database: " + event.text;
    case EventKind::kLockWait:
      return fmt::format("waiting for another migrate, which holds the lock: {}", event.text);
    case EventKind::kPlan:
      return fmt::format("{} to {}", plural(event.count, "migration"),
                         event.text == "down" ? "take back" : "apply");
    case EventKind::kFileStart:
      return loudness == Loudness::kVerbose
                 ? fmt::format("running   {} ({} of {})", event.name, event.index, event.count)
                 : "";
    case EventKind::kProgress:
      return fmt::format("running   {}: {}", event.name, progress_text(event));
    case EventKind::kFileRetry: {
      std::string line = fmt::format("retry     {}: {}", event.name, event.text);
      for (const auto& blocker : event.blockers) line += "\n          blocked by " + blocker_text(blocker);
      return line;
    }
    case EventKind::kFileDone:
      return fmt::format("{}  {}  {} ({})", event.text == "down" ? "reverted" : "applied ", event.name,
                         format_elapsed(event.elapsed), plural(event.statements, "statement"));
    case EventKind::kNote:
      return fmt::format("note      {}{}", event.name.empty() ? "" : event.name + " ", event.text);
    case EventKind::kWarning:
      return "warning   " + event.text;
    case EventKind::kServerNotice:
      return "server    " + event.text;
  }
  return {};
}

bool is_quiet_kind(EventKind kind) {
  return kind != EventKind::kWarning && kind != EventKind::kLockWait && kind != EventKind::kFileRetry;
}

/// Plain lines; a file that takes long gives a sign of life every 15 s.
class LineOutput : public MigrateOutput {
 public:
  LineOutput(std::FILE* stream, Loudness loudness) : stream_(stream), loudness_(loudness) {}

  void on(const Event& event) override {
    if (loudness_ == Loudness::kQuiet && is_quiet_kind(event.kind)) return;
    if (event.kind == EventKind::kFileStart) next_beat_ = Clock::now() + kHeartbeat;
    if (event.kind == EventKind::kProgress) {
      const bool every_statement = loudness_ == Loudness::kVerbose && event.statements > 0;
      if (!every_statement && Clock::now() < next_beat_) return;
      next_beat_ = Clock::now() + kHeartbeat;
    }
    if (const auto line = line_for(event, loudness_); !line.empty()) put(line);
  }

  void say(const std::string& line) override {
    if (loudness_ != Loudness::kQuiet) put(line);
  }

 protected:
  virtual void put(const std::string& line) {
    fmt::print(stream_, "{}\n", line);
    std::fflush(stream_);
  }

  std::FILE* stream_;
  Loudness loudness_;

 private:
  Clock::time_point next_beat_ = Clock::now() + kHeartbeat;
};

/// Lines as above, and under them one that shows what runs now.
class LiveOutput : public LineOutput {
 public:
  LiveOutput(std::FILE* stream, Loudness loudness) : LineOutput(stream, loudness) {}
  ~LiveOutput() override { clear(); }

  void on(const Event& event) override {
    if (loudness_ == Loudness::kQuiet) return LineOutput::on(event);
    if (event.kind == EventKind::kFileStart) began_ = Clock::now();
    if (event.kind != EventKind::kFileStart && event.kind != EventKind::kProgress)
      return LineOutput::on(event);
    if (event.kind == EventKind::kProgress && Clock::now() < next_draw_) return;
    next_draw_ = Clock::now() + kLiveLinePause;
    draw(event);
  }

 protected:
  void put(const std::string& line) override {
    clear();
    LineOutput::put(line);
  }

 private:
  void draw(const Event& event) {
    const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
    std::string line =
        fmt::format("[{}/{}] {}  {}", event.index, event.count, event.name, format_elapsed(elapsed));
    if (const auto text = progress_text(event); event.kind == EventKind::kProgress && !text.empty())
      line += "  " + text;
    winsize size{};
    const std::size_t width =
        ::ioctl(::fileno(stream_), TIOCGWINSZ, &size) == 0 && size.ws_col > 10 ? size.ws_col : 80U;
    if (line.size() >= width) line = line.substr(0, width - 2) + "…";
    fmt::print(stream_, "\r\x1b[K{}", line);
    std::fflush(stream_);
    drawn_ = true;
  }

  void clear() {
    if (!drawn_) return;
    fmt::print(stream_, "\r\x1b[K");
    std::fflush(stream_);
    drawn_ = false;
  }

  bool drawn_ = false;
  Clock::time_point began_ = Clock::now();
  Clock::time_point next_draw_ = Clock::now();
};

/// One-line JSON records with attributes, as the service's log has them.
class RecordOutput : public MigrateOutput {
 public:
  RecordOutput(base::LogLevel level, Loudness loudness)
      : log_(base::LogFormat::kJson, level, false), loudness_(loudness) {}

  void on(const Event& event) override {
    if (loudness_ == Loudness::kQuiet && is_quiet_kind(event.kind)) return;
    if (event.kind == EventKind::kFileStart) next_beat_ = Clock::now() + kHeartbeat;
    if (event.kind == EventKind::kProgress) {
      if (Clock::now() < next_beat_) return;
      next_beat_ = Clock::now() + kHeartbeat;
    }
    const auto line = line_for(event, loudness_);
    if (line.empty()) return;
    const bool trouble = event.kind == EventKind::kWarning || event.kind == EventKind::kFileRetry;
    log_.write(trouble ? base::LogLevel::kWarn : base::LogLevel::kInfo, line,
               {{"migration", std::string_view(event.name)},
                {"elapsed_ms", static_cast<double>(event.elapsed.count()) / 1000},
                {"statements", static_cast<long long>(event.statements)}});
    log_.flush();
  }

  void say(const std::string& line) override {
    if (loudness_ != Loudness::kQuiet) log_.info(line);
  }

  bool tell_error(const base::Error& error) override {
    const auto* migration = dynamic_cast<const sql::migrate::MigrationError*>(&error);
    log_.error(error.message,
               {{"hint", std::string_view(error.hint)},
                {"exit_code", static_cast<long long>(error.code)},
                {"sqlstate", std::string_view(migration != nullptr ? migration->sqlstate : "")},
                {"file", std::string_view(migration != nullptr ? migration->file : "")},
                {"line", static_cast<long long>(migration != nullptr ? migration->line : 0)}});
    log_.flush();
    return true;
  }

 private:
  base::Logger log_;
  Loudness loudness_;
  Clock::time_point next_beat_ = Clock::now() + kHeartbeat;
};

}  // namespace

std::unique_ptr<MigrateOutput> make_migrate_output(const config::Settings& settings, Loudness loudness,
                                                   bool json_document) {
  std::FILE* stream = json_document ? stderr : stdout;
  const bool terminal = ::isatty(::fileno(stream)) == 1;
  // Standard output is for the document, and for records; then text for people goes to standard error.
  const bool records = !json_document && log_format(settings) == base::LogFormat::kJson;
  if (records) return std::make_unique<RecordOutput>(settings.log.level, loudness);
  if (terminal && std::getenv("CI") == nullptr) return std::make_unique<LiveOutput>(stream, loudness);
  return std::make_unique<LineOutput>(stream, loudness);
}

}  // namespace bigocean::cli
