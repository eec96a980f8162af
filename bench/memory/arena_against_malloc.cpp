// What do a million objects of 64 bytes cost, made and released, when the program has done so before?
//
// Every contender makes all objects, writes a pointer and a number to each, and releases them: one by one in the order
// of making, or as a whole. Contenders take turns, so that all meet the same machine; figures are CPU time of the
// thread, ratios are of medians. mimalloc is loaded at run time where it is installed and called by pointer.
//
//   --objects N  --rounds N
//
// The second table is objects made and given back at once, as a pool is used. The third is what the end of a round
// costs, by rung, for each chunk of 64 KiB that was filled.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory_resource>
#include <string>
#include <vector>

#include <bench/harness/clock.hpp>
#include <bench/harness/mimalloc.hpp>

#include <holdfast/base/memory/arena.hpp>
#include <holdfast/base/memory/arena_resource.hpp>
#include <holdfast/base/memory/object_pool.hpp>

namespace holdfast::bench {
namespace {

struct node {
  node* next;
  std::size_t number;
  char rest[48];
};
static_assert(sizeof(node) == 64);

struct contender {
  std::string name;
  std::function<double(std::size_t)> round;  // nanoseconds of CPU time for so many objects
  std::vector<double> samples;
};

std::vector<node*>& places() {
  static std::vector<node*> all;
  return all;
}

// A list through all of them, so that each is written.
template <class Take>
void make_all(std::vector<node*>& all, Take& take) {
  node* before = nullptr;
  for (std::size_t n = 0; n < all.size(); ++n) {
    auto* const made = static_cast<node*>(take());
    made->next = before;
    made->number = n;
    all[n] = before = made;
  }
}

// Objects that are given back one by one.
template <class Take, class Give>
double one_by_one(std::size_t objects, Take take, Give give) {
  std::vector<node*>& all = places();
  all.resize(objects);
  const double start = cpu_nanoseconds();
  make_all(all, take);
  for (node* one : all) give(one);
  return cpu_nanoseconds() - start;
}

// Objects that end together; the same places are written, so that the same is done with each.
template <class Take, class End>
double together(std::size_t objects, Take take, End end) {
  std::vector<node*>& all = places();
  all.resize(objects);
  const double start = cpu_nanoseconds();
  make_all(all, take);
  end();
  return cpu_nanoseconds() - start;
}

double median(std::vector<double> samples) {
  std::ranges::sort(samples);
  return samples[samples.size() / 2];
}

void add_mimalloc(std::vector<contender>& all) {
  const mimalloc_calls calls = mimalloc();
  if (calls.take == nullptr || calls.give == nullptr) return;
  all.push_back({"mimalloc",
                 [=](std::size_t objects) {
                   return one_by_one(
                       objects, [=] { return calls.take(sizeof(node)); }, [=](node* one) { calls.give(one); });
                 },
                 {}});
}

// Taken, written, given back, one after the other.
template <class Take, class Give>
double pairs(std::size_t objects, Take take, Give give) {
  const double start = cpu_nanoseconds();
  for (std::size_t n = 0; n < objects; ++n) {
    auto* const made = static_cast<node*>(take());
    made->number = n;
    __asm__ volatile("" : : "r"(made) : "memory");
    give(made);
  }
  return cpu_nanoseconds() - start;
}

std::vector<contender> pool_contenders() {
  static object_pool<node> pool;
  std::vector<contender> all;
  all.push_back(
      {"object_pool",
       [](std::size_t objects) { return pairs(objects, [] { return pool.get(); }, [](node* one) { pool.put(one); }); },
       {}});
  all.push_back({"glibc new/delete",
                 [](std::size_t objects) {
                   return pairs(
                       objects, [] { return ::operator new(sizeof(node)); }, [](node* one) { ::operator delete(one); });
                 },
                 {}});
  const mimalloc_calls calls = mimalloc();
  if (calls.take != nullptr && calls.give != nullptr)
    all.push_back({"mimalloc",
                   [=](std::size_t objects) {
                     return pairs(
                         objects, [=] { return calls.take(sizeof(node)); }, [=](node* one) { calls.give(one); });
                   },
                   {}});
  return all;
}

std::vector<contender> contenders() {
  std::vector<contender> all;
  static arena off({.check = after_reset::off});
  static arena counted({.check = after_reset::generation});
  static arena poisoned({.check = after_reset::poison});
  static arena in_pmr({.check = after_reset::generation});
  for (auto [name, one] : {std::pair<const char*, arena*>{"arena, generation", &counted},
                           {"arena, off", &off},
                           {"arena, poison", &poisoned}}) {
    all.push_back({name,
                   [=](std::size_t objects) {
                     return together(objects, [=] { return one->allocate(sizeof(node)); }, [=] { one->reset(); });
                   },
                   {}});
  }
  all.push_back({"arena through std::pmr",
                 [](std::size_t objects) {
                   static arena_resource memory(in_pmr);
                   std::pmr::memory_resource* const resource = &memory;
                   return together(objects, [=] { return resource->allocate(sizeof(node)); }, [] { in_pmr.reset(); });
                 },
                 {}});
  all.push_back({"glibc new/delete",
                 [](std::size_t objects) {
                   return one_by_one(
                       objects, [] { return ::operator new(sizeof(node)); }, [](node* one) { ::operator delete(one); });
                 },
                 {}});
  add_mimalloc(all);
  all.push_back({"std::pmr::monotonic",
                 [](std::size_t objects) {
                   static std::pmr::monotonic_buffer_resource memory;
                   return together(objects, [] { return memory.allocate(sizeof(node)); }, [] { memory.release(); });
                 },
                 {}});
  return all;
}

void print_table(const char* title, std::vector<contender>& all, std::size_t objects) {
  std::printf("%zu objects of 64 bytes, ns each, %s, warm\n", objects, title);
  std::printf("  %-24s %8s %8s %8s %10s\n", "", "least", "median", "most", "of first");
  const double ours = median(all[0].samples);
  for (contender& one : all) {
    const auto [least, most] = std::ranges::minmax(one.samples);
    const auto each = [&](double total) { return total / static_cast<double>(objects); };
    std::printf("  %-24s %8.2f %8.2f %8.2f %10.2f\n", one.name.c_str(), each(least), each(median(one.samples)),
                each(most), median(one.samples) / ours);
  }
}

// Only the reset is timed. Pages are touched before, so that each rung meets memory that was used.
void print_rungs(int rounds) {
  constexpr std::size_t chunks = 64;
  std::printf("\nend of a round of %zu filled chunks, ns a chunk\n  %-24s %8s %8s %8s\n", chunks, "", "least", "median",
              "most");
  for (auto [name, rung] : {std::pair<const char*, after_reset>{"off", after_reset::off},
                            {"generation", after_reset::generation},
                            {"poison", after_reset::poison},
                            {"protect", after_reset::protect}}) {
    arena memory({.check = rung});
    std::vector<double> samples;
    for (int n = 0; n < rounds; ++n) {
      while (memory.stats().chunks < chunks) std::memset(memory.allocate(4096), 1, 4096);
      const double start = wall_nanoseconds();
      memory.reset();
      samples.push_back((wall_nanoseconds() - start) / static_cast<double>(chunks));
    }
    const auto [least, most] = std::ranges::minmax(samples);
    std::printf("  %-24s %8.1f %8.1f %8.1f\n", name, least, median(samples), most);
  }
}

int answer(int count, char** words) {
  std::size_t objects = 1'000'000;
  int rounds = 11;
  for (int at = 1; at + 1 < count; at += 2) {
    if (std::strcmp(words[at], "--objects") == 0) objects = std::strtoull(words[at + 1], nullptr, 10);
    if (std::strcmp(words[at], "--rounds") == 0) rounds = std::atoi(words[at + 1]);
  }
  std::vector<contender> arenas = contenders();
  std::vector<contender> pools = pool_contenders();
  for (int n = -2; n < rounds; ++n)
    for (std::vector<contender>* all : {&arenas, &pools})
      for (contender& one : *all) {
        const double spent = one.round(objects);
        if (n >= 0) one.samples.push_back(spent);
      }
  print_table("made, written and released", arenas, objects);
  std::puts("");
  print_table("taken, written and given back at once", pools, objects);
  print_rungs(rounds * 5);
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { return holdfast::bench::answer(count, words); }
