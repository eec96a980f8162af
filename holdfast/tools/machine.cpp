#include "holdfast/tools/machine.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "holdfast/tools/input_error.hpp"

namespace holdfast::inline v0::tools {
namespace {

[[nodiscard]] std::string processor_name() {
  std::ifstream facts("/proc/cpuinfo");
  for (std::string line; std::getline(facts, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  utsname system = {};
  return uname(&system) == 0 ? system.machine : "unknown processor";
}

// "0-1" or "0,2-3".
[[nodiscard]] std::string usable_cpus(const cpu_set_t& usable) {
  std::string text;
  for (int first = 0; first < CPU_SETSIZE; ++first) {
    if (!CPU_ISSET(first, &usable)) continue;
    int last = first;
    while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, &usable)) ++last;
    if (!text.empty()) text += ',';
    text += first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
    first = last;
  }
  return text;
}

}  // namespace

std::string machine_text() {
  utsname system = {};
  const std::string kernel = uname(&system) == 0 ? fmt::format(", Linux {}", system.release) : "";
  const auto cpus = sysconf(_SC_NPROCESSORS_ONLN);
  return fmt::format("{}, {} CPU{}{}", processor_name(), cpus, cpus == 1 ? "" : "s", kernel);
}

void pin_to_cpu(int cpu) {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  sched_getaffinity(0, sizeof(usable), &usable);
  if (cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &usable)) {
    throw input_error(fmt::format("--pin-cpu {}", cpu), "this process may not run on that CPU",
                      "choose among " + usable_cpus(usable));
  }
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  if (sched_setaffinity(0, sizeof(one), &one) != 0) {
    throw input_error(fmt::format("--pin-cpu {}", cpu), std::strerror(errno),
                      "leave the option out");
  }
}

void fix_malloc_threshold() {
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

void give_back_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

std::uint64_t malloced_bytes() {
#ifdef __GLIBC__
  const auto told = mallinfo2();
  return std::uint64_t{told.uordblks} + told.hblkhd;
#else
  return 0;
#endif
}

}  // namespace holdfast::inline v0::tools
