// What does it cost to keep C memory under a handle, beside std::shared_ptr?
//
// Three questions over sixteen resources that stay: to use one (bare pointer, shared_ptr copied, registry by with,
// registry by share), to count it up and down, and to make one and end it. Each contender does the same reads.
//
//   resource_cost [--rounds N]
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <holdfast/lifetime/resource_registry.hpp>

#include <bench/harness/clock.hpp>
#include <bench/harness/report.hpp>
#include <bench/harness/runner.hpp>

namespace holdfast::bench {
namespace {

constexpr std::size_t cells = 16;
constexpr std::uint64_t uses = 4'000'000;
constexpr std::uint64_t lives = 400'000;

struct stock {
  resource_registry registry;
  std::array<std::uint64_t, cells> numbers{};
  std::array<std::uint64_t*, cells> bare{};
  std::array<std::shared_ptr<std::uint64_t>, cells> counted;
  std::array<resource_share<std::uint64_t>, cells> shares;
  std::array<resource_handle, cells> handles;

  stock() {
    for (std::size_t i = 0; i < cells; ++i) {
      numbers[i] = i;
      bare[i] = &numbers[i];
      counted[i] = std::make_shared<std::uint64_t>(i);
      shares[i] = registry.adopt(&numbers[i], adoption{});
      handles[i] = shares[i].handle();
    }
  }
};

template <class Read>
contender user(const char* name, std::uint64_t count, Read read) {
  return {name, {}, [read, count] {
            // Of its own: what a contender stores cannot be what the loop reads, so each has the same loop around it.
            Read mine = read;
            const std::uint64_t end = count;
            sample result;
            const double start = cpu_nanoseconds();
            std::uint64_t sum = 0;
            for (std::uint64_t n = 0; n < end; ++n) sum += mine(n % cells);
            result.nanoseconds = cpu_nanoseconds() - start;
            result.operations = count;
            result.checksum = sum;
            return result;
          }};
}

row named(const char* question) {
  row about;
  about.question = question;
  about.family = "resource";
  about.size = cells;
  return about;
}

row use_one(stock& all, const schedule& plan) {
  return interleave(named("use"),
                    {user("bare pointer", uses, [&](std::size_t at) { return *std::launder(all.bare[at]); }),
                     user("holdfast with", uses,
                          [&](std::size_t at) {
                            std::uint64_t seen = 0;
                            all.registry.with<std::uint64_t>(all.handles[at], [&](std::uint64_t* one) { seen = *one; });
                            return seen;
                          }),
                     user("holdfast share", uses,
                          [&](std::size_t at) { return *all.registry.share<std::uint64_t>(all.handles[at]); }),
                     user("holdfast copied share", uses,
                          [&](std::size_t at) {
                            const auto mine = all.shares[at];
                            return *mine;
                          }),
                     user("shared_ptr copied", uses,
                          [&](std::size_t at) {
                            const auto mine = all.counted[at];
                            return *mine;
                          }),
                     user("weak_ptr locked", uses,
                          [weak = std::vector<std::weak_ptr<std::uint64_t>>(all.counted.begin(), all.counted.end())](
                              std::size_t at) { return *weak[at].lock(); })},
                    plan);
}

row make_one(stock& all, const schedule& plan) {
  return interleave(named("make and end"),
                    {user("malloc and free", lives,
                          [](std::size_t at) {
                            auto* const made = static_cast<std::uint64_t*>(std::malloc(64));
                            *made = at;
                            const std::uint64_t seen = *std::launder(made);
                            std::free(made);
                            return seen;
                          }),
                     user("holdfast adopted", lives,
                          [&](std::size_t at) {
                            const auto made = all.registry.adopt(static_cast<std::uint64_t*>(std::malloc(64)), std::free);
                            *made = at;
                            return *made;
                          }),
                     user("shared_ptr with a deleter", lives,
                          [](std::size_t at) {
                            const std::shared_ptr<std::uint64_t> made(static_cast<std::uint64_t*>(std::malloc(64)),
                                                                      [](void* old) { std::free(old); });
                            *made = at;
                            return *made;
                          })},
                    plan);
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) {
  using namespace holdfast::bench;
  schedule plan;
  if (count == 3 && std::string(words[1]) == "--rounds") plan.rounds = std::atoi(words[2]);
  stock all;
  // A loop of one thread in a process of one thread: shared_ptr would count without locked instructions.
  std::thread([&] {
    print_row(use_one(all, plan));
    print_row(make_one(all, plan));
  }).join();
  return 0;
}
