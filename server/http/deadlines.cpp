// A binary heap whose entries tell their timers where they are, so that any of them can be changed.
#include "server/http/deadlines.hpp"

namespace bigocean::server::http {

void Deadlines::Timer::start(std::chrono::milliseconds from_now) {
  const Entry entry{all_.now_ + from_now, this};
  if (!is_set()) {
    all_.heap_.push_back(entry);
    place_ = all_.heap_.size() - 1;
  }
  all_.settle(place_, entry);
}

void Deadlines::Timer::stop() {
  if (is_set()) all_.remove(place_);
}

std::vector<std::uint64_t> Deadlines::take_expired() {
  std::vector<std::uint64_t> owners;
  while (!heap_.empty() && next() <= now_) {
    owners.push_back(heap_.front().timer->owner_);
    remove(0);
  }
  return owners;
}

void Deadlines::put(std::size_t place, const Entry& entry) {
  heap_[place] = entry;
  entry.timer->place_ = place;
}

/// Finds the place of an entry that takes the one at `place`: up past those that are later, or down past
/// those that are earlier.
void Deadlines::settle(std::size_t place, const Entry& entry) {
  for (; place > 0; place = (place - 1) / 2) {
    const Entry& above = heap_[(place - 1) / 2];
    if (above.at <= entry.at) break;
    put(place, above);
  }
  while (true) {
    auto below = 2 * place + 1;
    if (below >= heap_.size()) break;
    if (below + 1 < heap_.size() && heap_[below + 1].at < heap_[below].at) ++below;
    if (heap_[below].at >= entry.at) break;
    put(place, heap_[below]);
    place = below;
  }
  put(place, entry);
}

void Deadlines::remove(std::size_t place) {
  heap_[place].timer->place_ = Timer::kNowhere;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (place < heap_.size()) settle(place, last);
}

}  // namespace bigocean::server::http
