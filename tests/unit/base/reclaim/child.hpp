// A child process for what a process can do only once, or should not do to itself.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

namespace holdfast::tests {

// What `act()` returns in a child made by fork(); -1 when the child did not get that far in a minute.
template <class Act>
int in_child(Act act) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    _exit(act());
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace holdfast::tests
