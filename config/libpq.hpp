// PostgreSQL's client library, loaded when it is first needed.
#pragma once

#include <libpq-fe.h>

#include <optional>

#include "base/shared_library.hpp"

// clang-format off
#define BIGOCEAN_LIBPQ_FUNCTIONS(X) \
  X(PQbackendPID, backend_pid) \
  X(PQcancel, cancel) \
  X(PQclear, clear) \
  X(PQcmdStatus, command_status) \
  X(PQconnectPoll, connect_poll) \
  X(PQconnectStartParams, connect_start) \
  X(PQconninfo, conninfo) \
  X(PQconninfoFree, conninfo_free) \
  X(PQconninfoParse, conninfo_parse) \
  X(PQconsumeInput, consume_input) \
  X(PQdb, database) \
  X(PQencryptPasswordConn, encrypt_password) \
  X(PQenterPipelineMode, enter_pipeline_mode) \
  X(PQerrorMessage, error_message) \
  X(PQescapeIdentifier, escape_identifier) \
  X(PQescapeLiteral, escape_literal) \
  X(PQexitPipelineMode, exit_pipeline_mode) \
  X(PQfinish, finish) \
  X(PQflush, flush) \
  X(PQfname, field_name) \
  X(PQfreeCancel, free_cancel) \
  X(PQfreemem, free_memory) \
  X(PQgetCancel, get_cancel) \
  X(PQgetCopyData, get_copy_data) \
  X(PQgetResult, get_result) \
  X(PQgetisnull, is_null) \
  X(PQgetlength, length) \
  X(PQgetvalue, value) \
  X(PQhost, host) \
  X(PQisBusy, is_busy) \
  X(PQnfields, field_count) \
  X(PQntuples, row_count) \
  X(PQparameterStatus, parameter_status) \
  X(PQpipelineStatus, pipeline_status) \
  X(PQpipelineSync, pipeline_sync) \
  X(PQport, port) \
  X(PQputCopyData, put_copy_data) \
  X(PQputCopyEnd, put_copy_end) \
  X(PQresultErrorField, result_error_field) \
  X(PQresultStatus, result_status) \
  X(PQsendPrepare, send_prepare) \
  X(PQsendQuery, send_query) \
  X(PQsendQueryParams, send_query_parameters) \
  X(PQsendQueryPrepared, send_query_prepared) \
  X(PQserverVersion, server_version) \
  X(PQsetErrorVerbosity, set_error_verbosity) \
  X(PQsetNoticeReceiver, set_notice_receiver) \
  X(PQsetnonblocking, set_nonblocking) \
  X(PQsocket, socket) \
  X(PQsslAttribute, ssl_attribute) \
  X(PQstatus, status) \
  X(PQtransactionStatus, transaction_status) \
  X(PQuser, user)
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
  explicit Libpq(const base::SharedLibrary& library);
  BIGOCEAN_LIBPQ_FUNCTIONS(BIGOCEAN_LIBRARY_MEMBER)
  std::optional<LibpqCancel> cancel;  ///< nothing before libpq 17
};

/// Loads the library once for the process; it brings Kerberos, LDAP and two TLS libraries along, which is two
/// thirds of the start-up of a command that does without. Throws base::Error(kInternal) when it is not there.
const Libpq& libpq();

}  // namespace bigocean::config
