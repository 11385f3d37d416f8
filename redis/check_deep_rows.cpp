// The rows of check-redis --deep: thresholds, their sources, and why they matter.
#include <algorithm>

#include "redis/check_deep.hpp"

namespace bigocean::redis {
namespace {

constexpr DeepRow kRows[] = {
    {"memory.fragmentation",
     {"under {limit} times what the keys need, or under {floor_bytes} more", 1.4, 10 << 20,
      "Redis's own MEMORY DOCTOR: high above 1.4 and 10 MB, and not judged below 5 MB in use"},
     "memory that the allocator cannot give back counts for the machine, though maxmemory does not see it",
     "gives back what is free as a whole; CONFIG SET activedefrag yes moves the rest together, where the "
     "server's allocator can",
     "+info +memory",
     "INFO memory"},
    {"memory.evictions",
     {"at most {limit} keys since the counters began", 0, 0,
      "our choice: what is evicted was not meant to be"},
     "Redis was full and removed keys that were in use, counters of limits among them",
     "doubles maxmemory, and counts anew",
     "+info",
     "INFO stats"},
    {"clients.rejected",
     {"at most {limit} since the counters began", 0, 0, "our choice: each is a failure that a client saw"},
     "maxclients was reached, and clients were sent away",
     "doubles maxclients, and counts anew; CLIENT LIST shows who keeps connections",
     "+info",
     "INFO stats"},
    {"slow_log",
     {"no command of {limit} ms or more within a day", 10, 0,
      "redis.conf's default of slowlog-log-slower-than, 10000 microseconds"},
     "one command at a time: while a slow one runs, all others wait",
     "shows them with their arguments; KEYS, SMEMBERS, HGETALL and long scripts over many keys are usual",
     "+slowlog +config|get",
     "SLOWLOG GET 128\nCONFIG GET slowlog-log-slower-than"},
    {"hit_rate",
     {"at least {limit} % of {floor} reads or more", 50, 1000,
      "our choice: below it most reads find nothing; a cache wants more, a store of locks less"},
     "reads that find nothing: keys that expired or were evicted before they were read, or never written",
     "shows which commands read; compare with the rows memory.evictions and large_keys",
     "+info",
     "INFO stats"},
    {"large_keys",
     {"under {limit_bytes}", 1 << 20, 0,
      "our choice: such a value takes longer to send than many small ones"},
     "a command that reads or deletes a large key holds up all others, and one key cannot be evicted in "
     "parts",
     "shows how many elements it has; split it, or delete it with UNLINK, which frees it in the background",
     "+dbsize +scan +randomkey +memory +type ~*",
     "DBSIZE\nSCAN 0 COUNT 1000, or RANDOMKEY 500 times where there are more than 1000 keys\nMEMORY USAGE of "
     "each"},
    {"persistence.lag",
     {"under {limit} s with changes that are not saved", 3600, 0,
      "redis.conf's default of save, 3600 1: one change is saved within an hour"},
     "what was changed since the last save is lost with the process",
     "saves in the background",
     "+info +config|get",
     "INFO persistence\nCONFIG GET save"},
    {"replication.lag",
     {"at most {limit} s", 10, 0, "redis.conf's default of min-replicas-max-lag, 10 seconds"},
     "what a replica has not received is lost to it if the master is lost",
     "shows the replicas' connections, or makes a replica connect again",
     "+info",
     "INFO replication"},
};

}  // namespace

std::span<const DeepRow> deep_rows() { return kRows; }

std::vector<std::string_view> deep_check_ids() {
  std::vector<std::string_view> ids;
  for (const DeepRow& row : kRows) ids.push_back(row.id);
  return ids;
}

std::optional<base::Explanation> explain_check(std::string_view id, const base::GivenThresholds& given) {
  const auto row = std::ranges::find(kRows, id, &DeepRow::id);
  if (row == std::end(kRows)) return {};
  const base::Threshold threshold = base::threshold_for(id, row->threshold, given);
  return base::Explanation{std::string(id),
                           std::string(row->why),
                           base::threshold_text(threshold),
                           std::string(threshold.source),
                           std::string(row->remedy),
                           base::threshold_words(id, threshold),
                           {{"", std::string(row->commands)}}};
}

}  // namespace bigocean::redis
