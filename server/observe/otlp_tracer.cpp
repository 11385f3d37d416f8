// Collects spans, and sends them from a thread of its own.
#include "server/observe/otlp_tracer.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <utility>

#include "base/random_hex.hpp"
#include "base/signal_stack.hpp"

namespace bigocean::server::observe {
namespace {

constexpr std::size_t kTraceIdDigits = 32;
constexpr std::size_t kSpanIdDigits = 16;
constexpr int kNiceness = 10;

std::size_t size_of(std::int64_t setting) { return static_cast<std::size_t>(setting); }

}  // namespace

bool OtlpTracer::is_wanted(const config::Settings& settings) {
  return !settings.traces.endpoint.empty() && settings.traces.exporter == "otlp";
}

OtlpTracer::OtlpTracer(const config::Settings& settings, base::Logger* log)
    : is_passed_on_(settings.traces.propagators != "none"),
      batch_max_(size_of(std::min(settings.traces.batch_max, settings.traces.queue_max))),
      queue_max_(size_of(settings.traces.queue_max)),
      period_(settings.traces.period),
      flush_timeout_(settings.traces.flush_timeout),
      resource_(resource_of(settings)),
      log_(log),
      sampler_(settings.traces),
      client_(settings.traces, stop_),
      thread_([this] { work(); }) {}

OtlpTracer::~OtlpTracer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.raise(SIGTERM);
  wake_.notify_all();
  thread_.join();
}

base::TraceContext OtlpTracer::begin(const std::optional<base::TraceContext>& caller) {
  base::TraceContext context{.trace_id = caller ? caller->trace_id : base::random_hex(kTraceIdDigits),
                             .span_id = base::random_hex(kSpanIdDigits)};
  context.is_sampled = sampler_.wants(caller, context.trace_id, Clock::now());
  if (!caller) return context;
  context.state = caller->state;
  // Without a span of its own, this process is not seen in the trace: the caller's stays the parent.
  if (!context.is_sampled) context.span_id = caller->span_id;
  return context;
}

void OtlpTracer::take(base::FinishedSpan span) {
  sampler_.count_span(Clock::now());
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_max_) {
      ++counts_.dropped;
      counts_.fault = stopping_ ? "the process ended before they were sent" : "the queue was full";
      return;
    }
    queue_.push_back(std::move(span));
    if (queue_.size() != batch_max_) return;
  }
  wake_.notify_one();
}

void OtlpTracer::flush(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  flushing_ = true;
  wake_.notify_all();
  drained_.wait_until(lock, std::min(deadline, Clock::now() + flush_timeout_),
                      [this] { return queue_.empty() && !sending_; });
  stopping_ = true;
  if (const auto left = queue_.size(); left > 0) {
    counts_.dropped += static_cast<long long>(left);
    counts_.fault = "the process ended before they were sent";
    queue_.clear();
  }
  lock.unlock();
  // What is being sent ends now, and is counted by the thread.
  stop_.raise(SIGTERM);
  wake_.notify_all();
  lock.lock();
  drained_.wait(lock, [this] { return !sending_; });
  tell_losses(Clock::now(), true);
}

bool OtlpTracer::is_due() const { return stopping_ || flushing_ || queue_.size() >= batch_max_; }

void OtlpTracer::work() {
  const base::SignalStack stack;
  // Linux has a niceness for each thread: where processors are short, requests have them first.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, period_, [this] { return is_due(); });
    wake_.wait_until(lock, client_.silent_until(), [this] { return stopping_; });
    while (!stopping_ && !queue_.empty()) {
      send_batch(lock);
      if (!is_due() || Clock::now() < client_.silent_until()) break;
    }
    if (queue_.empty()) drained_.notify_all();
  }
}

void OtlpTracer::send_batch(std::unique_lock<std::mutex>& lock) {
  const auto count = std::min(queue_.size(), batch_max_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
  const std::vector<base::FinishedSpan> batch(std::make_move_iterator(queue_.begin()),
                                              std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  sending_ = true;
  lock.unlock();
  const auto sent = send_spans(batch);
  lock.lock();
  sending_ = false;
  const auto spans = static_cast<long long>(count);
  if (sent.is_delivered) {
    const auto rejected = std::clamp(sent.rejected, 0LL, spans);
    counts_.sent += spans - rejected;
    counts_.rejected += rejected;
  } else {
    counts_.undelivered += spans;
  }
  if (!sent.fault.empty()) counts_.fault = sent.fault;
  drained_.notify_all();
  tell_losses(Clock::now(), false);
}

OtlpClient::Sent OtlpTracer::send_spans(std::span<const base::FinishedSpan> spans) {
  try {
    return client_.send(to_otlp_json(spans, resource_));
  } catch (const std::exception& error) {  // no memory: this thread must not end the process
    return {.fault = error.what()};
  }
}

OtlpTracer::Counts OtlpTracer::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void OtlpTracer::tell_losses(Clock::time_point now, bool at_once) {
  if (const auto left_out = sampler_.take_left_out(); left_out > 0) {
    counts_.traces_left_out += left_out;
    if (counts_.fault.empty()) counts_.fault = "traces.spans_max was reached";
  }
  if (log_ == nullptr || (!at_once && now - told_at_ < kTellPeriod)) return;
  const auto dropped = counts_.dropped - told_.dropped;
  const auto undelivered = counts_.undelivered - told_.undelivered;
  const auto rejected = counts_.rejected - told_.rejected;
  const auto left_out = counts_.traces_left_out - told_.traces_left_out;
  if (dropped + undelivered + rejected + left_out == 0) return;
  log_->warn("spans were lost", {{"dropped", dropped},
                                 {"undelivered", undelivered},
                                 {"rejected", rejected},
                                 {"traces_left_out", left_out},
                                 {"reason", std::string_view(counts_.fault)}});
  told_ = counts_;
  told_at_ = now;
  counts_.fault.clear();
}

std::vector<Sample> OtlpTracer::samples() const {
  const auto now = counts();
  std::vector<Sample> all;
  for (const auto& [result, value] :
       {std::pair{"sent", now.sent}, std::pair{"dropped", now.dropped},
        std::pair{"undelivered", now.undelivered}, std::pair{"rejected", now.rejected}}) {
    all.push_back({.name = "bigocean_trace_spans_total",
                   .help = "Spans by what became of them",
                   .is_counter = true,
                   .labels = {{"result", result}},
                   .value = static_cast<double>(value)});
  }
  all.push_back({.name = "bigocean_traces_left_out_total",
                 .help = "Traces that were not recorded because of traces.spans_max",
                 .is_counter = true,
                 .labels = {},
                 .value = static_cast<double>(now.traces_left_out)});
  return all;
}

}  // namespace bigocean::server::observe
