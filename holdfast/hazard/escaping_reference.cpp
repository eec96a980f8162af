// A member that takes the lock, finds the value and returns a reference to it.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/hazard/vanishing_allocator.hpp>

namespace holdfast::inline v0::hazard {
namespace escaping_reference_programs {

struct account {
  std::uint64_t visits = 0;
};

// Each member is locked, and that is not enough.
class guarded_accounts {
 public:
  account& get(std::uint64_t user) {
    const std::lock_guard hold(lock_);
    return accounts_[user];
  }
  void erase(std::uint64_t user) {
    const std::lock_guard hold(lock_);
    accounts_.erase(user);
  }

 private:
  using entry = std::pair<const std::uint64_t, account>;

  std::mutex lock_;
  std::unordered_map<std::uint64_t, account, std::hash<std::uint64_t>, std::equal_to<>, vanishing_allocator<entry>> accounts_;
};

[[gnu::noinline]] void add_visit(account& to) { to.visits += 1; }

int naive(situation& here) {
  guarded_accounts accounts;
  const std::uint64_t ann = here.random();
  account& found = accounts.get(ann);
  here.say("get() has returned a reference to %p, and its lock is released", static_cast<void*>(&found));
  std::thread other([&] { accounts.erase(ann); });
  other.join();
  here.expect_fault(&found, sizeof found);
  add_visit(*hidden(&found));
  return here.verdict(false, "the reference was still good");
}

constexpr std::string_view naive_code = R"(  account& get(std::uint64_t user) {
    const std::lock_guard hold(lock_);
    return accounts_[user];
  }
  account& found = accounts.get(ann);
  std::thread other([&] { accounts.erase(ann); });
  other.join();
  add_visit(*hidden(&found));
)";

constexpr std::uint64_t rounds = 5000;

// Runs `visit` as often in each of two threads.
template <class Visit>
void from_two_threads(Visit visit) {
  const auto work = [&] {
    for (std::uint64_t round = 0; round < rounds; ++round) visit();
  };
  std::thread other(work);
  work();
  other.join();
}

int act_inside(situation& here) {
  holdfast::locked_map<std::uint64_t, account> accounts;
  const std::uint64_t ann = here.random();
  const auto one_more = [](const account* old) -> std::optional<account> {
    account next = old != nullptr ? *old : account{};
    add_visit(next);
    return next;
  };
  from_two_threads([&] { accounts.alter(ann, one_more); });
  std::uint64_t seen = 0;
  accounts.visit(ann, [&](const account& found) { seen = found.visits; });
  here.say("%llu visits were counted by two threads, under the lock", static_cast<unsigned long long>(seen));
  const bool right = seen == 2 * rounds;
  return here.verdict(right, right ? "what is done to the value is done inside, and none was lost" : "visits were lost");
}

constexpr std::string_view act_inside_code = R"(  holdfast::locked_map<std::uint64_t, account> accounts;
  from_two_threads([&] { accounts.alter(ann, one_more); });
  accounts.visit(ann, [&](const account& found) { seen = found.visits; });
)";

int copy_out(situation& here) {
  holdfast::locked_map<std::uint64_t, account> accounts;
  const std::uint64_t ann = here.random();
  accounts.store(ann, account{7});
  auto found = *accounts.load(ann);
  std::thread other([&] { accounts.erase(ann); });
  other.join();
  add_visit(found);
  const bool right = found.visits == 8 && !accounts.load(ann);
  return here.verdict(right, right ? "a copy is the reader's own, whatever becomes of the entry" : "the copy was not a copy");
}

constexpr std::string_view copy_out_code = R"(  auto found = *accounts.load(ann);
  std::thread other([&] { accounts.erase(ann); });
  other.join();
  add_visit(found);
)";

int pinned(situation& here) {
  holdfast::sync_map<std::uint64_t, account> accounts;
  const std::uint64_t ann = here.random();
  accounts.store(ann, account{7});
  const auto found = accounts.pin(ann);
  std::thread other([&] { accounts.erase(ann); });
  other.join();
  const bool right = found->visits == 7 && !accounts.load(ann);
  return here.verdict(right, right ? "the pin is the reference, and it keeps what it refers to" : "a pin did not hold");
}

constexpr std::string_view pinned_code = R"(  holdfast::sync_map<std::uint64_t, account> accounts;
  const auto found = accounts.pin(ann);
  std::thread other([&] { accounts.erase(ann); });
  other.join();
)";

int ref_that_knows(situation& here) {
  holdfast::checked_sync_map<std::uint64_t, account> accounts;
  const std::uint64_t ann = here.random();
  accounts.store(ann, account{7});
  const auto found = accounts.ref(ann);
  const bool while_there = found.with([](const account& anns) { return anns.visits == 7; });
  std::thread other([&] { accounts.erase(ann); });
  other.join();
  here.say("%s", found.explain().c_str());
  const bool right = while_there && !found.pin() && found.why().what() == cause::erased;
  return here.verdict(right, right ? "a reference may escape, because it knows when it has ended" : "it did not know");
}

constexpr std::string_view ref_that_knows_code = R"(  holdfast::checked_sync_map<std::uint64_t, account> accounts;
  const auto found = accounts.ref(ann);
  std::thread other([&] { accounts.erase(ann); });
  other.join();
  here.say("%s", found.explain().c_str());
)";

}  // namespace escaping_reference_programs

hazard escaping_reference() {
  using namespace escaping_reference_programs;
  return {
      .id = "escaping-reference",
      .story = "A locked member returns a reference, and the lock stays behind",
      .explanation =
          "A class that wraps a map and a mutex, and locks in each member, looks safe. Its `get` returns a reference into the "
          "map; the lock is released at the closing brace, the reference lives on, and whatever is done through it is done "
          "without the lock. Another thread erases the entry, or makes a table that moves its entries grow, and the reference "
          "dangles; if nobody erases anything, two threads that write through it still race. Iterators and pointers leave "
          "through the same hole, and so does `operator[]`.\n"
          "The maps for many threads here have no member that returns a reference: they copy, they call back, or they pin.",
      .from = {"A4", "4.1", "K4.12, K0.12"},
      .in_go = {truth::partly, "&m[k] does not compile; a pointer that is a value escapes the same way, but stays alive"},
      .in_cpp = {truth::yes, "the commonest fault of hand-made locked maps"},
      .naive = {"naive", "uses the reference that a locked get() returned, after another thread's erase", naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true}, naive_code},
      .cures = {{"act-inside", "visit() and alter() take what is to be done, and do it under the lock", act_inside, {},
                 act_inside_code},
                {"copy-out", "load() returns a copy", copy_out, {}, copy_out_code},
                {"pin", "sync_map::pin() returns a handle that keeps the value", pinned, {}, pinned_code},
                {"ref", "a reference that knows: it is pinned for a use, or says what ended it", ref_that_knows, {},
                 ref_that_knows_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
