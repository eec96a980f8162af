// Runs what may end its process in a child, and keeps how it ended and what it said.
#pragma once

#include <csignal>
#include <cstddef>
#include <initializer_list>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/mutation/promise.hpp"

namespace holdfast::tests {

// What `body` leaves as wait status of a child, and what it writes to stderr.
struct ending {
  int status = -1;
  std::string said;
};

template <class Body>
ending in_child(Body body) {
  int ends[2];
  require(pipe(ends) == 0, "there is no pipe");
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    for (const int number : {SIGSEGV, SIGABRT}) std::signal(number, SIG_DFL);
    alarm(10);
    _exit(body());
  }
  close(ends[1]);
  ending result;
  char piece[256];
  for (ssize_t length; (length = read(ends[0], piece, sizeof piece)) > 0;)
    result.said.append(piece, static_cast<std::size_t>(length));
  close(ends[0]);
  waitpid(child, &result.status, 0);
  return result;
}

}  // namespace holdfast::tests
