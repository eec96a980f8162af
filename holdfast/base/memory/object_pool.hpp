// Objects that are used again instead of being made anew, as Go's sync.Pool has them.
//
//   holdfast::object_pool<std::string> buffers;
//   {
//     const auto buffer = buffers.borrow();       // one used before, or a new one
//     buffer->assign(...);
//   }                                             // back in the pool
//   buffers.trim();                               // now and then: what nobody wanted between two trims is destroyed
//
// Use it for objects that are dear to make and cheap to clean. An object comes back as it was left: clean it before
// use. Do not use it for what is bounded (connections) or must not be lost: an object may be destroyed whenever it is
// idle.
//
// inv hf.arena.pool-one-owner: an object is idle in one place, or somebody's; never both.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/memory/pool_core.hpp>

namespace holdfast::inline v0 {

// `Make` makes a T without arguments; several threads may call it at once.
// Threads: any, at once, for everything but construction and destruction. Fork: parent and child may go on.
template <class T, class Make>
class object_pool;

template <class T>
struct default_made {
  T operator()() const { return T(); }
};

template <class T, class Make = default_made<T>>
class object_pool : private memory::pool_core {
  static_assert(std::is_object_v<T> && !std::is_array_v<T>, "holdfast::object_pool: holds objects, one by one");
  static_assert(std::is_nothrow_destructible_v<T>,
                "holdfast::object_pool: idle objects are destroyed where nobody could catch what they throw");

 public:
  struct give_back {
    object_pool* pool;
    void operator()(T* object) const noexcept { pool->put(object); }
  };
  using borrowed = std::unique_ptr<T, give_back>;

  // Throws: std::bad_alloc.
  explicit object_pool(Make make = Make()) : make_(std::move(make)) {}
  // Destroys what is idle. Reported: objects are still out; they must not be put back any more.
  ~object_pool() { end(destroy); }

  // An idle object, of this thread's if there is one, or a new one.
  // Throws: std::bad_alloc, what Make throws. Progress: waits for nobody.
  // Cost: one locked instruction when this thread has put one back.
  [[nodiscard]] T* get() {
    memory::pool_slot* const idle = take();
    return idle != nullptr ? object_of(idle) : make_one();
  }

  // Hands an object of get() back; null is nothing. Any thread may.
  // Fatal: it has been put back already; it is another pool's.
  // Invalidates: the pointer. Progress: waits for nobody.
  void put(T* object) noexcept {
    if (object == nullptr) return;
    memory::pool_slot* const slot = slot_of(object);
    if (!give(slot)) destroy(slot);
  }

  // get() with the put() built in.
  [[nodiscard]] borrowed borrow() { return borrowed(get(), give_back{this}); }

  // Destroys what has been idle since the trim before the last one. Threads: any, at once with all others.
  void trim() noexcept { memory::pool_core::trim(destroy); }

  using memory::pool_core::stats;

 private:
  static constexpr std::size_t object_offset = (sizeof(memory::pool_slot) + alignof(T) - 1) / alignof(T) * alignof(T);
  static constexpr std::align_val_t alignment{alignof(T) > alignof(memory::pool_slot) ? alignof(T)
                                                                                      : alignof(memory::pool_slot)};

  static T* object_of(memory::pool_slot* slot) noexcept {
    return std::launder(reinterpret_cast<T*>(reinterpret_cast<std::byte*>(slot) + object_offset));
  }
  static memory::pool_slot* slot_of(T* object) noexcept {
    return reinterpret_cast<memory::pool_slot*>(reinterpret_cast<std::byte*>(object) - object_offset);
  }

  T* make_one() {
    struct room {
      void* at = ::operator new(object_offset + sizeof(T), alignment);
      ~room() {
        if (at != nullptr) ::operator delete(at, alignment);
      }
    } fresh;
    auto* const bytes = static_cast<std::byte*>(fresh.at);
    T* const made = ::new (bytes + object_offset) T(make_());
    start(::new (bytes) memory::pool_slot, sizeof(T), object_offset);
    fresh.at = nullptr;
    return made;
  }

  static void destroy(memory::pool_slot* slot) noexcept {
    memory::pool_core::forget(slot);
    std::destroy_at(object_of(slot));
    ::operator delete(slot, alignment);
  }

  HOLDFAST_NO_UNIQUE_ADDRESS Make make_;
};

}  // namespace holdfast::inline v0
