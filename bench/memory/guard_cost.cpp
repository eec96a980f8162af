// What does a malloc with its free cost in a program under the guard?
//
// The program starts itself anew for each contender, in turns, with the guard preloaded and without:
//
//   guard_cost --guard build/release/libholdfast_guard.so [--rounds N]
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <unistd.h>

#include <holdfast/lifetime/guard_abi.h>

#include <bench/harness/clock.hpp>
#include <bench/harness/report.hpp>

namespace {

using namespace holdfast::bench;

constexpr int pairs = 4'000'000;

std::uint64_t filter[holdfast_filter_bits / 64];

holdfast_verdict let_go(holdfast_keeper*, void*, std::size_t, holdfast_leave) { return holdfast_let_go; }

// A keeper whose filter shows no address, or every one.
void connect_keeper(bool shows_all) {
  static holdfast_keeper keeper{holdfast_guard_abi, sizeof(holdfast_keeper), filter, let_go, nullptr};
  for (std::uint64_t& word : filter) word = shows_all ? ~std::uint64_t{0} : 0;
  auto* const connect =
      reinterpret_cast<decltype(holdfast_guard_connect)*>(dlsym(RTLD_DEFAULT, "holdfast_guard_connect"));
  if (connect == nullptr || connect(&keeper) != 0) {
    std::fputs("bench: the guard is not loaded\n", stderr);
    std::exit(1);
  }
}

// Malloc and free as a compiler cannot leave them out.
int child(const std::string& keeper) {
  if (keeper != "none") connect_keeper(keeper == "met");
  void* (*volatile allocate)(std::size_t) = std::malloc;
  void (*volatile release)(void*) = std::free;
  for (int n = 0; n < pairs / 4; ++n) release(allocate(48));
  const double start = cpu_nanoseconds();
  for (int n = 0; n < pairs; ++n) release(allocate(48));
  std::printf("%f\n", (cpu_nanoseconds() - start) / pairs);
  return 0;
}

struct way {
  const char* name;
  const char* options;  // of the guard; null: without it
  const char* keeper;
};
constexpr way ways[] = {
    {"without the guard", nullptr, "none"},
    {"guard, sample=0", "sample=0", "none"},
    {"guard, sample=0, filter misses", "sample=0", "missed"},
    {"guard, sample=0, keeper is asked", "sample=0", "met"},
    {"guard, one in 5000 sampled", "sample=5000", "none"},
};

double run(const std::string& program, const std::string& guard, const way& how) {
  std::string command =
      how.options == nullptr ? std::string() : "LD_PRELOAD='" + guard + "' HOLDFAST_GUARD='" + how.options + "' ";
  command += "'" + program + "' --child " + how.keeper;
  std::FILE* const said = popen(command.c_str(), "r");
  double took = 0;
  if (said == nullptr || std::fscanf(said, "%lf", &took) != 1 || pclose(said) != 0) {
    std::fprintf(stderr, "bench: failed: %s\n", command.c_str());
    std::exit(1);
  }
  return took;
}

}  // namespace

int main(int count, char** words) {
  std::string guard;
  int rounds = 9;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string option = words[i];
    if (option == "--child") return child(words[i + 1]);
    if (option == "--guard") guard = words[i + 1];
    if (option == "--rounds") rounds = std::atoi(words[i + 1]);
  }
  char self[4096] = {};
  if (guard.empty() || readlink("/proc/self/exe", self, sizeof self - 1) < 0) {
    std::fputs("guard_cost --guard build/release/libholdfast_guard.so [--rounds N]\n", stderr);
    return 2;
  }
  row all;
  all.question = "malloc and free of 48 bytes";
  all.family = "guard";
  all.operations = pairs;
  for (const way& how : ways) all.contenders.push_back({how.name, {}});
  for (int round = 0; round < rounds; ++round)
    for (std::size_t place = 0; place < std::size(ways); ++place) {
      const std::size_t at = runner::turn(static_cast<std::size_t>(round), place, std::size(ways));
      all.contenders[at].nanoseconds.push_back(run(self, guard, ways[at]));
    }
  print_row(all);
  return 0;
}
