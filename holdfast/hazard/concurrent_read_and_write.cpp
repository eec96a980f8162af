// One thread reads a map while another writes to it.
#include <holdfast/hazard/catalogue.hpp>

#include <atomic>
#include <csignal>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include <holdfast/hazard/flat_table.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/hazard/slow_insertion.hpp>

namespace holdfast::inline v0::hazard {
namespace concurrent_read_and_write_programs {

int naive(situation& here) {
  flat_table sessions;
  const std::uint64_t ann = here.random();
  sessions[ann] = 1;
  while (!sessions.full()) sessions[here.random()] = 1;
  const flat_table::slot& slot = sessions.probe(ann);
  here.say("the reader has found ann in slot %p and is about to read it", static_cast<const void*>(&slot));
  here.expect_fault(&slot, sizeof slot);
  const std::uint64_t seen = sessions.value_of(ann, [&] {
    std::thread writer([&] { sessions[here.random()] = 1; });
    writer.join();
  });
  return here.verdict(false, seen == 1 ? "the old slot could still be read" : "the reader read something else");
}

constexpr std::string_view naive_code = R"(  while (!sessions.full()) sessions[here.random()] = 1;
  const std::uint64_t seen = sessions.value_of(ann, [&] {
    std::thread writer([&] { sessions[here.random()] = 1; });
    writer.join();
  });
)";

int reported(situation& here) {
  slow_map sessions;
  sessions.name("sessions");
  sessions.try_emplace(here.seed());
  name_this_thread("show-status");
  bool there = false;
  while_another_inserts(sessions, here.seed() + 1, "handle-login", [&] {
    here.say("thread handle-login is in the middle of an insertion; show-status looks a key up");
    there = sessions.contains(here.seed());
  });
  return here.verdict(false, there ? "a read during a write went unseen" : "a read during a write found nothing");
}

constexpr std::string_view reported_code = R"(  while_another_inserts(sessions, here.seed() + 1, "handle-login", [&] {
    there = sessions.contains(here.seed());
  });
)";

int one_lock(situation& here) {
  constexpr std::uint64_t entries = 20'000;
  holdfast::map<std::uint64_t, std::uint64_t> sessions;
  std::shared_mutex lock;
  // relaxed: pairs with nothing; it only ends the reader's loop, the lock orders the map.
  std::atomic<bool> done{false};
  std::atomic<bool> wrong{false};
  std::thread reader([&] {
    while (!done.load(std::memory_order_relaxed)) {
      const std::shared_lock hold(lock);
      const std::size_t newest = sessions.size();
      if (newest > 0 && sessions.get_or(newest - 1, entries) != newest - 1) wrong.store(true, std::memory_order_relaxed);
    }
  });
  for (std::uint64_t key = 0; key < entries; ++key) {
    const std::unique_lock hold(lock);
    sessions[key] = key;
  }
  done.store(true, std::memory_order_relaxed);
  reader.join();
  const bool right = !wrong.load(std::memory_order_relaxed) && sessions.size() == entries && !sessions.audit();
  here.say("%zu entries written while another thread read", sessions.size());
  return here.verdict(right, right ? "every read gave what had been written" : "a read was wrong");
}

constexpr std::string_view one_lock_code = R"(      const std::shared_lock hold(lock);
    const std::unique_lock hold(lock);
    sessions[key] = key;
)";

}  // namespace concurrent_read_and_write_programs

hazard concurrent_read_and_write() {
  using namespace concurrent_read_and_write_programs;
  return {
      .id = "concurrent-read-and-write",
      .story = "A reader stands on a slot that a writer's growth takes away",
      .explanation =
          "A lookup finds a slot and then reads it. If another thread's insertion makes the table grow between the two, the "
          "reader follows an address into an array that is gone. Reading is not harmless when somebody writes.\n"
          "One article says that Go checks only writes; it checks reads as well, and says `concurrent map read and map write`. "
          "Any number of readers together is fine, in Go, in C++ and here.",
      .from = {"A0", "2.3", "K0.11, K0.12, K2.6, K1.13"},
      .in_go = {truth::yes, "reads look at the flag too; the memory itself stays alive as long as it is referred to"},
      .in_cpp = {truth::yes, "a data race, and the reader may read freed memory"},
      .naive = {"naive", "a second thread makes the table grow between the two steps of a lookup", naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true}, naive_code},
      .cures = {{"report", "the writer mark: the reader is stopped, and both are named", reported,
                 {.ending = ending::report,
                  .first_line = "fatal error: concurrent map read and map write",
                  .also_says = {"map \"sessions\"", "show-status", "handle-login", "cure: "}},
                 reported_code},
                {"one-lock", "std::shared_mutex: readers together, a writer alone", one_lock, {}, one_lock_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
