// Which errors of PostgreSQL mean that the server cannot do now what it could do before.
#include "sql/postgres/outage.hpp"

#include <algorithm>
#include <array>

namespace bigocean::sql {
namespace {

using namespace std::chrono_literals;

// https://www.postgresql.org/docs/current/errcodes-appendix.html; the first row that fits counts.
constexpr std::array kOutages{
    Outage{.prefix = "08", .reason = "the connection broke", .retry_after = 1s},
    Outage{.prefix = "25006",
           .reason = "the server is read-only: default_transaction_read_only is on, or it is a standby",
           .retry_after = 5s,
           .stops_writes = true,
           .may_be_elsewhere = true,
           .is_news = true},
    Outage{.prefix = "25P03",
           .reason = "the transaction was idle for too long",
           .retry_after = 1s,
           .is_news = true},
    Outage{.prefix = "25P04", .reason = "the transaction took too long", .retry_after = 1s, .is_news = true},
    Outage{.prefix = "40001",
           .reason = "a conflict with another transaction",
           .retry_after = 1s,
           .is_news = true},
    Outage{.prefix = "40003", .reason = "it is unknown whether the statement was done", .retry_after = 1s},
    Outage{.prefix = "40P01", .reason = "a deadlock", .retry_after = 1s, .is_news = true},
    Outage{.prefix = "53100",
           .reason = "the disk is full",
           .retry_after = 30s,
           .stops_writes = true,
           .is_news = true},
    Outage{.prefix = "53200", .reason = "the server is out of memory", .retry_after = 5s, .is_news = true},
    Outage{
        .prefix = "53300", .reason = "the server has no free connection", .retry_after = 1s, .is_news = true},
    Outage{.prefix = "53", .reason = "the server is out of resources", .retry_after = 5s, .is_news = true},
    Outage{
        .prefix = "55P03", .reason = "a lock could not be taken in time", .retry_after = 1s, .is_news = true},
    Outage{.prefix = "57014",
           .reason = "the statement was cancelled or took too long",
           .retry_after = 1s,
           .is_news = true},
    Outage{.prefix = "57P",
           .reason = "the server is going down or starting",
           .retry_after = 1s,
           .may_be_elsewhere = true},
    Outage{.prefix = "58030",
           .reason = "the server cannot read or write its files",
           .retry_after = 30s,
           .stops_writes = true,
           .is_news = true},
    Outage{.prefix = "58000", .reason = "the server's system failed", .retry_after = 5s, .is_news = true},
};

}  // namespace

std::optional<Outage> outage_of(std::string_view sqlstate) {
  const auto found = std::ranges::find_if(
      kOutages, [&](const Outage& outage) { return sqlstate.starts_with(outage.prefix); });
  return found == kOutages.end() ? std::nullopt : std::optional(*found);
}

}  // namespace bigocean::sql
