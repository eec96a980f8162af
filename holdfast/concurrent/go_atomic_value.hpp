// Go's atomic.Value: one value of any type, which many threads load and store.
//
// The type of the first value is the type of all that follow. What Go panics about throws runtime_error with Go's text,
// and nothing has changed then. Programs that know the type take sync_cell, where another type does not compile.
//
//   holdfast::go::atomic_value current;
//   current.store(std::string("one"));
//   if (const auto* text = current.load().as<std::string>()) ...
//
// Threads: any number at once. Loads are wait-free but for the count of holders, which is the value's. All loads and
// stores of all values are in one order.
#pragma once

#include <utility>

#include <holdfast/concurrent/sync_cell.hpp>
#include <holdfast/map/go_any.hpp>

namespace holdfast::inline v0::go {

class atomic_value {
 public:
  // The latest value; nil before the first one.
  [[nodiscard]] any load() const {
    const auto there = cell_.load();
    return there ? *there : any();
  }

  // Throws: runtime_error for nil, and for a type that is not that of the first value.
  void store(any value) {
    (void)put(std::move(value), "sync/atomic: store of nil value into Value",
              "sync/atomic: store of inconsistently typed value into Value");
  }

  // The value before; nil if this is the first one. Throws: as store().
  any swap(any value) {
    return put(std::move(value), "sync/atomic: swap of nil value into Value",
               "sync/atomic: swap of inconsistently typed value into Value");
  }

  // Stores `desired` if the value equals `old`; nil equals that there is none yet. Whether it did.
  // Throws: as store(), where the types of both differ, and where they cannot be compared.
  bool compare_and_swap(const any& old, any desired) {
    if (desired.is_nil()) panic_with("sync/atomic: compare and swap of nil value into Value");
    if (!old.is_nil() && !old.has_type_of(desired)) {
      panic_with("sync/atomic: compare and swap of inconsistently typed values");
    }
    while (true) {
      const auto there = cell_.load();
      if (there && !there->has_type_of(desired)) {
        panic_with("sync/atomic: compare and swap of inconsistently typed value into Value");
      }
      if (!(old == (there ? *there : any()))) return false;
      if (cell_.compare_exchange(there, desired)) return true;
    }
  }

 private:
  any put(any value, const char* if_nil, const char* if_other) {
    if (value.is_nil()) panic_with(if_nil);
    while (true) {
      const auto there = cell_.load();
      if (there && !there->has_type_of(value)) panic_with(if_other);
      if (there) return *cell_.exchange(std::move(value));  // the type stays as it is from now on
      if (cell_.compare_exchange(nullptr, value)) return {};
    }
  }

  sync_cell<any> cell_;
};

}  // namespace holdfast::inline v0::go
