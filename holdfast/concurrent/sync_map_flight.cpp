// See sync_map_flight.hpp.
#include <holdfast/concurrent/sync_map_flight.hpp>

#include <condition_variable>
#include <mutex>
#include <new>

#include <holdfast/base/lang/failure.hpp>

namespace holdfast::inline v0::concurrent {

thread_local flight::traveller flight::me;

class flight_board {
 public:
  std::mutex guard;
  std::condition_variable landed;

  [[nodiscard]] flight* find(const flight& like, flight::same_key same) const {
    for (flight* each = first_; each != nullptr; each = each->next_) {
      if (each->map_ == like.map_ && each->hash_ == like.hash_ && same(like.map_, each->key_, like.key_)) return each;
    }
    return nullptr;
  }

  void add(flight& one) noexcept {
    one.next_ = first_;
    first_ = &one;
  }

  void remove(flight& one) noexcept {
    flight** from = &first_;
    while (*from != &one) from = &(*from)->next_;
    *from = one.next_;
    for (flight::traveller* each = waiting_; each != nullptr; each = each->next) {
      if (each->waits_for == &one) each->waits_for = nullptr;
    }
  }

  void wait_for(const flight& other, std::unique_lock<std::mutex>& hold) {
    flight::traveller& me = flight::me;
    me.waits_for = &other;
    me.next = waiting_;
    waiting_ = &me;
    while (me.waits_for != nullptr) landed.wait(hold);
    flight::traveller** from = &waiting_;
    while (*from != &me) from = &(*from)->next;
    *from = me.next;
  }

  // Whether who waits for `target` would wait for itself.
  [[nodiscard]] static bool comes_back(const flight* target) noexcept {
    for (; target != nullptr; target = target->owner_->waits_for) {
      if (target->owner_ == &flight::me) return true;
    }
    return false;
  }

 private:
  flight* first_ = nullptr;
  flight::traveller* waiting_ = nullptr;
};

namespace {

// Never destroyed: a flight may be under way when main returns.
flight_board& board() noexcept {
  alignas(flight_board) static std::byte room[sizeof(flight_board)];
  static flight_board* const made = ::new (room) flight_board;
  return *made;
}

}  // namespace

flight::flight(const void* map, std::uint64_t hash, const void* key, same_key same) : map_(map), hash_(hash), key_(key) {
  std::unique_lock<std::mutex> hold(board().guard);
  const flight* const other = board().find(*this, same);
  if (other == nullptr) {
    board().add(*this);
    is_first_ = true;
    return;
  }
  if (flight_board::comes_back(other)) {
    report_fatal("holdfast: fatal: load_or_make waits for itself",
                 "  the make() of a key asks for that key again, or two make() ask for each other's keys\n"
                 "  cure: make the inner value first, or store it without load_or_make\n");
  }
  board().wait_for(*other, hold);
}

flight::~flight() {
  if (!is_first_) return;
  {
    const std::lock_guard<std::mutex> hold(board().guard);
    board().remove(*this);
  }
  board().landed.notify_all();
}

}  // namespace holdfast::inline v0::concurrent
