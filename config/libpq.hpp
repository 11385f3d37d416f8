// PostgreSQL's client library, loaded when it is first needed.
#pragma once

#include <libpq-fe.h>

#include <optional>

#include "base/shared_library.hpp"

// clang-format off
#define BIGOCEAN_LIBPQ_FUNCTIONS(X) \
  X(PQbackendPID) X(PQcancel) X(PQclear) X(PQcmdStatus) X(PQconnectPoll) X(PQconnectStartParams) \
  X(PQconninfo) X(PQconninfoFree) X(PQconninfoParse) X(PQconsumeInput) X(PQdb) X(PQencryptPasswordConn) \
  X(PQenterPipelineMode) \
  X(PQerrorMessage) X(PQescapeIdentifier) X(PQescapeLiteral) X(PQexitPipelineMode) X(PQfinish) \
  X(PQflush) X(PQfname) X(PQfreeCancel) X(PQfreemem) X(PQgetCancel) X(PQgetCopyData) X(PQgetResult) \
  X(PQgetisnull) X(PQgetlength) X(PQgetvalue) X(PQhost) X(PQisBusy) X(PQnfields) \
  X(PQntuples) X(PQparameterStatus) X(PQpipelineStatus) X(PQpipelineSync) X(PQport) X(PQputCopyData) \
  X(PQputCopyEnd) X(PQresultErrorField) X(PQresultStatus) X(PQsendPrepare) X(PQsendQuery) \
  X(PQsendQueryParams) X(PQsendQueryPrepared) X(PQserverVersion) X(PQsetErrorVerbosity) \
  X(PQsetNoticeReceiver) X(PQsetnonblocking) X(PQsocket) X(PQsslAttribute) X(PQstatus) \
  X(PQtransactionStatus) X(PQuser)
// clang-format on

struct pg_cancel_conn;

namespace bigocean::config {

/// From libpq 17 on: cancel requests that do not block and are encrypted as the session is. An older libpq's
/// header does not declare them, and an older library does not have them.
struct LibpqCancel {
  pg_cancel_conn* (*PQcancelCreate)(PGconn*) = nullptr;
  int (*PQcancelStart)(pg_cancel_conn*) = nullptr;
  PostgresPollingStatusType (*PQcancelPoll)(pg_cancel_conn*) = nullptr;
  int (*PQcancelSocket)(const pg_cancel_conn*) = nullptr;
  void (*PQcancelFinish)(pg_cancel_conn*) = nullptr;
};

/// The functions of libpq that we call, under their own names.
struct Libpq {
  BIGOCEAN_LIBPQ_FUNCTIONS(BIGOCEAN_LIBRARY_MEMBER)
  std::optional<LibpqCancel> cancel;  ///< nothing before libpq 17
};

/// Loads the library once for the process; it brings Kerberos, LDAP and two TLS libraries along, which is two
/// thirds of the start-up of a command that does without. Throws base::Error(kInternal) when it is not there.
const Libpq& libpq();

}  // namespace bigocean::config
