// A reader copies a pointer out of a map that is locked as it should be, and the object goes meanwhile.
#include <holdfast/hazard/catalogue.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <new>
#include <thread>

#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/hazard/vanishing_allocator.hpp>

namespace holdfast::inline v0::hazard {
namespace pointer_freed_under_reader_programs {

// `check` is the complement of `user` for as long as the session lives.
struct session {
  explicit session(std::uint64_t who) noexcept : user(who), check(~who) {}
  session(const session&) = default;
  session& operator=(const session&) = default;
  // volatile, or the compiler leaves out a write to an object that is about to go.
  ~session() { const_cast<volatile std::uint64_t&>(check) = user; }

  [[nodiscard]] bool alive() const noexcept { return hidden(this)->check == ~user; }
  // Twice, with time for others in between.
  [[nodiscard]] bool stays_alive() const noexcept {
    if (!alive()) return false;
    std::this_thread::yield();
    return alive();
  }

  std::uint64_t user;
  std::uint64_t check;
};

session* open_session(std::uint64_t user) { return new (vanishing_allocator<session>().allocate(1)) session(user); }

void close_session(session* gone) {
  gone->~session();
  vanishing_allocator<session>().deallocate(gone, 1);
}

int naive(situation& here) {
  const std::uint64_t ann = here.random();
  holdfast::locked_map<std::uint64_t, session*> sessions;
  sessions.store(ann, open_session(ann));
  session* const found = *sessions.load(ann);
  here.say("the reader has the pointer %p, and the lock is released", static_cast<void*>(found));
  std::thread writer([&] { close_session(*sessions.load_and_erase(ann)); });
  writer.join();
  here.say("a writer has erased the entry and closed the session");
  here.expect_fault(found, sizeof *found);
  const bool alive = hidden(found)->alive();
  return here.verdict(false, alive ? "the session was still there" : "the reader read a session that is closed");
}

constexpr std::string_view naive_code = R"(  session* const found = *sessions.load(ann);
  std::thread writer([&] { close_session(*sessions.load_and_erase(ann)); });
  writer.join();
  const bool alive = hidden(found)->alive();
)";

// Two threads look ann up, as fast as they can, while a third replaces and erases her; `look` says whether what
// it found was alive. How many looks were wrong.
template <class Look, class Write>
int wrong_looks(Look look, Write write) {
  constexpr int rounds = 2000;
  // A writer may have to wait for a processor in each round, and a busy machine makes that long.
  const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  // relaxed: pairs with nothing; it only ends the readers' loops.
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  const auto read = [&] {
    while (!done.load(std::memory_order_relaxed)) wrong.fetch_add(look() ? 0 : 1, std::memory_order_relaxed);
  };
  std::thread first(read);
  std::thread second(read);
  for (int round = 0; round < rounds && std::chrono::steady_clock::now() < latest; ++round) write(round % 3 == 2);
  done.store(true, std::memory_order_relaxed);
  first.join();
  second.join();
  return wrong.load(std::memory_order_relaxed);
}

// Else what was erased would wait for a batch, and a missing pin might go unseen.
void destroy_what_nobody_holds() { reclaim::default_domain().drain(); }

int pinned(situation& here) {
  const std::uint64_t ann = here.random();
  holdfast::sync_map<std::uint64_t, session> sessions;
  sessions.store(ann, session(ann));
  const auto found = sessions.pin(ann);
  std::thread writer([&] {
    sessions.erase(ann);
    destroy_what_nobody_holds();
  });
  writer.join();
  const bool gone = !sessions.load(ann);
  const bool alive = found->alive();
  here.say("the entry is %s, what was pinned is %s", gone ? "gone" : "still there", alive ? "alive" : "destroyed");
  const auto look = [&] {
    const auto seen = sessions.pin(ann);
    return !seen || seen->stays_alive();
  };
  const int wrong = wrong_looks(look, [&](bool last) {
    if (last) sessions.erase(ann);
    else sessions.store(ann, session(ann));
    destroy_what_nobody_holds();
  });
  here.say("and two readers met %d dead sessions while a writer replaced and erased", wrong);
  const bool right = gone && alive && found->alive() && wrong == 0;
  return here.verdict(right, right ? "what is pinned stays until it is let go" : "a pin did not hold");
}

constexpr std::string_view pinned_code = R"(  holdfast::sync_map<std::uint64_t, session> sessions;
  const auto found = sessions.pin(ann);
  std::thread writer([&] {
    sessions.erase(ann);
    destroy_what_nobody_holds();
  });
  writer.join();
  const bool alive = found->alive();
)";

int counted(situation& here) {
  const std::uint64_t ann = here.random();
  holdfast::locked_map<std::uint64_t, std::shared_ptr<const session>> sessions;
  sessions.store(ann, std::make_shared<const session>(ann));
  const auto found = *sessions.load(ann);
  std::thread writer([&] { sessions.erase(ann); });
  writer.join();
  const bool gone = !sessions.load(ann);
  const auto look = [&] {
    const auto seen = sessions.load(ann);
    return !seen || (*seen)->stays_alive();
  };
  const int wrong = wrong_looks(look, [&](bool last) {
    if (last) sessions.erase(ann);
    else sessions.store(ann, std::make_shared<const session>(ann));
  });
  here.say("two readers met %d dead sessions while a writer replaced and erased", wrong);
  const bool right = gone && found->alive() && wrong == 0;
  return here.verdict(right, right ? "the copy of the pointer keeps the session" : "a counted object was gone");
}

constexpr std::string_view counted_code = R"(  holdfast::locked_map<std::uint64_t, std::shared_ptr<const session>> sessions;
  const auto found = *sessions.load(ann);
  std::thread writer([&] { sessions.erase(ann); });
  writer.join();
)";

}  // namespace pointer_freed_under_reader_programs

hazard pointer_freed_under_reader() {
  using namespace pointer_freed_under_reader_programs;
  return {
      .id = "pointer-freed-under-reader",
      .story = "A lock guards the map, and the object behind the pointer is freed all the same",
      .explanation =
          "A map for many threads guards its entries. If the entries are pointers it guards the pointers: a reader gets a copy of "
          "one, the lock is released, and from then on nothing keeps the object. A writer that erases the entry and frees the "
          "object does everything right and still pulls it from under the reader. Here the writer comes at the worst moment "
          "for certain, and the object's pages lose all access, so the read faults where it happens; malloc's memory would "
          "mostly stay readable, and the reader would go on with somebody else's session.\n"
          "In Go the collector keeps the object for as long as anybody has a pointer to it. A C++ map must say who keeps it.",
      .from = {"A0", "2.3", "K0.11, K1.13, K1.16"},
      .in_go = {truth::no, "the object lives as long as a pointer to it; what it says may be out of date"},
      .in_cpp = {truth::yes, "neither a lock around the map nor a concurrent map keeps what a raw pointer points at"},
      .naive = {"naive", "copies a pointer out of a locked map; a writer frees the object before it is used", naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true}, naive_code},
      .cures = {{"pin", "the object is the value, and a pin keeps it: no lock, no count, no copy", pinned, {}, pinned_code},
                {"count", "the values are shared_ptr: load() copies one, and the copy keeps the object", counted, {},
                 counted_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
