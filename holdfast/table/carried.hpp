// An entry outside the table, on its way in or out; destroyed with this if nobody takes it.
#pragma once

#include <cstddef>
#include <utility>

namespace holdfast::inline v0::table {

template <class Slot, class Allocator>
class carried_entry {
 public:
  explicit carried_entry(Allocator& memory) noexcept : memory_(memory) {}
  carried_entry(const carried_entry&) = delete;
  carried_entry& operator=(const carried_entry&) = delete;
  ~carried_entry() {
    if (full_) content().destroy(memory_);
  }

  // `build(slot)` makes the entry.
  template <class Build>
  void build_with(Build&& build) {
    build(content());
    full_ = true;
  }
  template <class... Args>
  void make(Args&&... args) {
    content().make(memory_, std::forward<Args>(args)...);
    full_ = true;
  }
  // From a slot of the table, and into one.
  void take(Slot& from) noexcept {
    content().take(memory_, from);
    full_ = true;
  }
  void give(Slot& to) noexcept {
    to.take(memory_, content());
    full_ = false;
  }

  [[nodiscard]] Slot& content() noexcept { return *reinterpret_cast<Slot*>(bytes_); }
  [[nodiscard]] explicit operator bool() const noexcept { return full_; }

 private:
  Allocator& memory_;
  bool full_ = false;
  // Cleared, because g++ cannot see that nothing is read from it unless full_ is set, and says so.
  alignas(Slot) std::byte bytes_[sizeof(Slot)] = {};
};

}  // namespace holdfast::inline v0::table
