// The machine as a benchmark needs it: which it is, one processor to stay on, a heap without a memory.
#pragma once

#include <cstdio>
#include <cstring>
#include <string>

#include <malloc.h>
#include <sched.h>

#include <bench/harness/options.hpp>

namespace holdfast::bench {

[[nodiscard]] inline std::string cpu_model() {
  std::FILE* file = std::fopen("/proc/cpuinfo", "r");
  if (file == nullptr) return "unknown";
  char line[256];
  std::string model = "unknown";
  while (std::fgets(line, sizeof line, file) != nullptr) {
    if (std::strncmp(line, "model name", 10) != 0) continue;
    const char* colon = std::strchr(line, ':');
    if (colon != nullptr) model = colon + 2;
    while (!model.empty() && model.back() == '\n') model.pop_back();
    break;
  }
  std::fclose(file);
  return model;
}

[[nodiscard]] constexpr const char* compiler_name() { return __VERSION__; }

[[nodiscard]] constexpr const char* vector_level() {
#if defined(__AVX512F__)
  return "native (avx512)";
#elif defined(__AVX2__)
  return "native (avx2)";
#else
  return "baseline (sse2)";
#endif
}

inline void pin_to(int cpu) {
  if (cpu < 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) refuse("cannot pin to processor " + std::to_string(cpu));
}

// glibc raises its threshold for mmap each time a large block is freed, and from then on hands out pages
// that are already there: what a contender pays would depend on who ran before it. A fixed threshold
// gives every large array fresh pages, as in a program that builds its map once; blocks below it come
// from a heap that is never trimmed, so that they are warm after the first round for everybody.
inline void prepare_machine(const options& chosen) {
  pin_to(chosen.cpu);
  if (!chosen.warm_heap) {
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
  }
}

// What maps of the size before have left in the heap would serve the arrays of the next size.
inline void forget_heap(const options& chosen) {
  if (!chosen.warm_heap) malloc_trim(0);
}

}  // namespace holdfast::bench
