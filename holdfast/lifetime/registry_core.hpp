// What a registry is made of; it lives as long as something is held, also beyond its registry.
//
// A core is never destroyed. When its registry has ended and its last resource is freed the next registry that is
// made takes it over, so a slot's owner can be followed at any time.
//
//   adopt     take a slot, write it, open it, link its address
//   release   count to zero ─┬─ nobody ever borrowed it, and we are in no section: finish at once
//                            └─ retire the slot: finish after a grace period, when no pin holds it
//   finish    unlink the address, free, give the slot back            by one thread, outside of locks and sections
//   leave     C frees: mark the slot under its shard's lock           finish sees the mark, whatever came first
//
// inv hf.resources.free-once: finish() is reached once for each open().
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include <holdfast/lifetime/guard_abi.h>
#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/lifetime/address_index.hpp>
#include <holdfast/lifetime/resource_handle.hpp>
#include <holdfast/lifetime/resource_notes.hpp>
#include <holdfast/lifetime/resource_options.hpp>
#include <holdfast/lifetime/resource_report.hpp>
#include <holdfast/lifetime/resource_slots.hpp>

namespace holdfast::inline v0::lifetime {

class registry_core {
 public:
  registry_core() noexcept;
  registry_core(const registry_core&) = delete;
  registry_core& operator=(const registry_core&) = delete;

  // An unused core, or a new one; null: no memory. Connects it to the guard.
  [[nodiscard]] static registry_core* claim(const resource_options& options) noexcept;
  // Its registry has ended.
  void leave_to_shares() noexcept;

  struct adopted {
    resource_slot* slot;
    std::uint32_t generation;
    resource_error error;
  };
  [[nodiscard]] HOLDFAST_NOINLINE adopted adopt(void* pointer, const adoption& how, resource_site site) noexcept;

  // The slot of a handle of ours. Null: see fault().
  [[nodiscard]] resource_slot* slot_of(resource_handle handle) const noexcept;
  [[nodiscard]] resource_error fault(resource_handle handle) const noexcept;

  // How the resource of a handle ended; none: it has not, or the slot has another tenant by now.
  [[nodiscard]] cause_record why(resource_handle handle) const noexcept;

  [[nodiscard]] resource_error share(resource_handle handle) noexcept;
  [[nodiscard]] resource_error release(resource_handle handle) noexcept;
  [[nodiscard]] resource_error close(resource_handle handle) noexcept;

  // What a pin on the resource is made of, when the short way was refused; null: see fault(). In two words, so that
  // the caller's pin can stay in registers.
  struct pinned {
    void* resource = nullptr;
    reclaim::slot* held = nullptr;
  };
  [[nodiscard]] HOLDFAST_COLD pinned pin(resource_handle handle) noexcept;

  // The last share of `slot` was released.
  HOLDFAST_NOINLINE static void see_off(resource_slot& slot, bool borrowed) noexcept;

  // C is freeing what lies at the address, or in [address, address + size).
  holdfast_verdict leave(void* address, std::size_t size, departure_door door, bool may_keep) noexcept;
  // The core whose resource lies at the address is told, whichever that is.
  static holdfast_verdict leave_any(void* address, departure_door door, bool may_keep) noexcept;

  // What lies in the slot, if it is ours and held. Holds a share meanwhile. Allocates.
  [[nodiscard]] bool look_at(resource_slot& slot, resource_view& view);
  // Throws: what `visit` throws.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (std::uint32_t index = 0; index != the_resource_slots.it.size(); ++index) {
      resource_view view;
      if (look_at(*the_resource_slots.it.find(index), view)) visit(static_cast<const resource_view&>(view));
    }
  }

  [[nodiscard]] resource_stats stats() const noexcept;
  [[nodiscard]] reclaim::domain& domain() noexcept { return domain_; }
  [[nodiscard]] const resource_options& options() const noexcept { return options_; }
  // relaxed: what is freed while this changes is treated one way or the other.
  void react(when_freed how) noexcept { reaction_.store(how, std::memory_order_relaxed); }
  [[nodiscard]] when_freed reaction() const noexcept { return reaction_.load(std::memory_order_relaxed); }

 private:
  struct keeper : holdfast_keeper {
    registry_core* core;
  };

  static void finish_retired(reclaim::retirable* waiting) noexcept;
  void finish(resource_slot& slot) noexcept;
  void free_it(const resource_slot& slot, resource_word last) noexcept;
  bool depart(resource_slot& slot, departure_door door, bool may_keep, departure& told) noexcept;
  void tell(const departure& left, resource_site again) noexcept;
  [[nodiscard]] bool is_cookie_good(resource_slot& slot, resource_handle handle) noexcept;
  [[nodiscard]] cause_record note_of(cause what) noexcept;
  void let_go(std::uint64_t user) noexcept;

  // ---- resource_guard.cpp ----
  void connect() noexcept;
  void disconnect() noexcept;
  static void install_hooks() noexcept;
  static void on_sanitizer_free(const volatile void* address) noexcept;
  static holdfast_verdict on_leave(holdfast_keeper* self, void* address, std::size_t size, holdfast_leave how) noexcept;

  resource_options options_;  // but for what is in reaction_
  std::atomic<when_freed> reaction_{when_freed::report};
  reclaim::domain domain_;
  address_index index_;
  keeper keeper_{};
  bool connected_ = false;
  std::atomic<bool> vacant_{false};      // anybody may claim it
  static constexpr std::uint64_t the_registry = std::uint64_t{1} << 63;
  std::atomic<std::uint64_t> users_{0};  // the resources that are alive, and the_registry
  std::atomic<std::uint64_t> unwatched_{0};  // adopted and never linked
  std::atomic<std::uint64_t> unfreed_{0};    // ended without their callback
  std::atomic<std::uint64_t> freed_by_c_{0};
  std::atomic<std::uint64_t> kept_{0};
  std::atomic<std::uint64_t> readopted_{0};
  std::atomic<std::uint64_t> skipped_{0};
  std::atomic<std::uint64_t> reports_{0};
  std::atomic<std::uint64_t> endings_{0};  // of shares, and by C; one resource may have both
  registry_core* next_ = nullptr;  // of all that were ever made
};

}  // namespace holdfast::inline v0::lifetime
