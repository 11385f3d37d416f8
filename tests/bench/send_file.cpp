// Sends a file to PostgreSQL in one message and one transaction, and does nothing else: the cost of libpq and
// the server alone.
//   send_file URL FILE
#include <libpq-fe.h>

#include <cstdio>
#include <fstream>
#include <sstream>

int main(int count, char** arguments) {
  if (count != 3) return 2;
  std::ostringstream sql;
  sql << "BEGIN;" << std::ifstream(arguments[2]).rdbuf() << ";COMMIT";
  PGconn* connection = PQconnectdb(arguments[1]);
  PGresult* result = PQexec(connection, sql.str().c_str());
  const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
  if (!good) std::fputs(PQerrorMessage(connection), stderr);
  PQclear(result);
  PQfinish(connection);
  return good ? 0 : 1;
}
