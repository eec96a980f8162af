// A thread that reads takes the read lock once more, while a writer waits.
#include <holdfast/hazard/catalogue.hpp>

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include <holdfast/base/sync/rw_mutex.hpp>
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/door.hpp>
#include <holdfast/hazard/side_thread.hpp>
#include <holdfast/hazard/situation.hpp>

namespace holdfast::inline v0::hazard {
namespace recursive_read_lock_programs {

// Brings a writer before the lock while a reader is in.
struct meeting {
  door reader_is_in;
  door writer_waits;

  // Called by the reader, with the lock: comes back when a writer waits for it.
  void wait_for_the_writer(rw_mutex& lock) {
    reader_is_in.open();
    // A lock for which a writer waits lets no new reader in, which is how one sees that it waits.
    while (lock.try_lock_shared()) {
      lock.unlock_shared();
      std::this_thread::yield();
    }
    writer_waits.open();
  }
};

class ledger {
 public:
  std::uint64_t sum() {
    const std::shared_lock hold(lock_);
    return sum_;
  }
  // Locks, and calls what locks again.
  std::uint64_t average(meeting& with) {
    const std::shared_lock hold(lock_);
    with.wait_for_the_writer(lock_);
    return sum() / entries_;
  }
  // Locks, and calls what expects the lock.
  std::uint64_t average_locked_once(meeting& with) {
    const std::shared_lock hold(lock_);
    with.wait_for_the_writer(lock_);
    return sum_when_locked() / entries_;
  }
  void add(std::uint64_t amount) {
    const std::unique_lock hold(lock_);
    sum_ += amount;
    ++entries_;
  }

 private:
  [[nodiscard]] std::uint64_t sum_when_locked() const noexcept { return sum_; }

  rw_mutex lock_;
  std::uint64_t sum_ = 10;
  std::uint64_t entries_ = 1;
};

struct scene {
  ledger book;
  meeting both;
  std::uint64_t average = 0;
};

// A reader that asks with `ask`, and a writer that comes while it reads.
struct threads {
  side_thread reader;
  side_thread writer;
};

template <class Ask>
threads start(const std::shared_ptr<scene>& stage, Ask ask) {
  side_thread reader([stage, ask] { stage->average = ask(*stage); });
  side_thread writer([stage] {
    stage->both.reader_is_in.wait(surely_ends_within);
    stage->book.add(30);
  });
  return {std::move(reader), std::move(writer)};
}

int naive(situation& here) {
  const auto stage = std::make_shared<scene>();
  const threads both = start(stage, [](scene& on) { return on.book.average(on.both); });
  if (!stage->both.writer_waits.wait(surely_ends_within)) return out_of_plan_code;
  here.say("the reader has the lock, a writer waits for it, and the reader asks for it once more");
  const bool read = both.reader.ends_within(stuck_after);
  const bool wrote = both.writer.ends_within(read ? surely_ends_within : stuck_after);
  here.say("after %d ms the reader %s and the writer %s", static_cast<int>(stuck_after.count()),
           read ? "is through" : "still waits", wrote ? "is through" : "still waits");
  const bool right = read && wrote;
  return here.verdict(right, right ? "both are through" : "the reader waits for the writer, and the writer for the reader");
}

constexpr std::string_view naive_code = R"(  std::uint64_t sum() {
    const std::shared_lock hold(lock_);
    return sum_;
  }
  std::uint64_t average(meeting& with) {
    const std::shared_lock hold(lock_);
    with.wait_for_the_writer(lock_);
    return sum() / entries_;
  }
)";

int lock_once(situation& here) {
  const auto stage = std::make_shared<scene>();
  const threads both = start(stage, [](scene& on) { return on.book.average_locked_once(on.both); });
  const bool read = both.reader.ends_within(surely_ends_within);
  const bool wrote = both.writer.ends_within(surely_ends_within);
  here.say("the reader %s and the writer %s", read ? "is through" : "still waits", wrote ? "is through" : "still waits");
  const bool right = read && wrote && stage->average == 10 && stage->book.sum() == 40;
  return here.verdict(right, right ? "the writer waited for one reader, and that one for nobody" : "somebody waits");
}

constexpr std::string_view lock_once_code = R"(  std::uint64_t average_locked_once(meeting& with) {
    const std::shared_lock hold(lock_);
    with.wait_for_the_writer(lock_);
    return sum_when_locked() / entries_;
  }
)";

int no_lock(situation& here) {
  constexpr int rounds = 2000;
  const auto book = std::make_shared<holdfast::sync_map<std::uint64_t, std::uint64_t>>();
  const std::uint64_t account = here.random();
  book->store(account, 10);
  const auto outer = book->pin(account);
  const side_thread writer([book, account] {
    for (int round = 0; round < rounds; ++round) book->store(account, 10);
    book->store(account, 40);
  });
  bool right = true;
  for (int round = 0; round < rounds; ++round) {
    const auto inner = book->pin(account);
    right = right && (*inner == 10 || *inner == 40);
  }
  const bool wrote = writer.ends_within(surely_ends_within);
  here.say("a pin was held all the while; the writer %s", wrote ? "is through" : "still waits");
  right = right && wrote && *outer == 10 && book->load(account) == 40;
  return here.verdict(right, right ? "pins within a pin, and a writer that waits for none of them" : "somebody waits");
}

constexpr std::string_view no_lock_code = R"(  const auto outer = book->pin(account);
    for (int round = 0; round < rounds; ++round) book->store(account, 10);
    const auto inner = book->pin(account);
)";

}  // namespace recursive_read_lock_programs

hazard recursive_read_lock() {
  using namespace recursive_read_lock_programs;
  return {
      .id = "recursive-read-lock",
      .story = "A reader takes its read lock twice, and a writer comes in between",
      .explanation =
          "Readers let each other in, so taking the read lock twice seems harmless, and it is until a writer comes. A lock that "
          "is fair lets no new reader pass a writer that waits. The second request of the same thread is such a new reader: it "
          "waits for the writer, the writer waits for the first hold, and nobody ever moves. It happens where a public member "
          "that locks calls another one, once in a million calls.\n"
          "A deadlock does not end, so the lab bounds it: the program makes sure that the writer waits, lets the reader "
          "ask again, and looks after 400 ms who is through. Go's RWMutex forbids it for the same reason. glibc's "
          "std::shared_mutex lets readers pass and hides it, at the price that the writer may wait for ever.",
      .from = {"A1", "4.2", "K1.19, K1.21, K4.12"},
      .in_go = {truth::yes, "documented: a read lock must not be taken recursively"},
      .in_cpp = {truth::yes, "undefined for std::shared_mutex; a deadlock with every lock that is fair to writers"},
      .naive = {"naive", "a member that holds the read lock calls another one that takes it", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"lock-once", "public members lock, private ones expect the lock", lock_once, {}, lock_once_code},
                {"no-lock", "sync_map: a pin holds no lock, so that pins within pins wait for nobody", no_lock, {}, no_lock_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
