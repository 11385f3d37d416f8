// A listening socket on a free port of 127.0.0.1, for servers that tests make themselves.
#pragma once

namespace bigocean::test {

struct Listener {
  int fd;    ///< the caller's to close
  int port;  ///< that the kernel chose
};

/// Throws std::runtime_error when it cannot listen.
Listener listen_on_loopback();

}  // namespace bigocean::test
