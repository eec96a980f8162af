// A number that stands for an object of a handle_pool, and says so when the object has gone.
//
// 64 bits: which slot, which of the objects that lived there, and of which pool (pool_key.hpp). It can be
// copied, hashed, ordered, kept in files of this run, or handed through C as user data; it owns nothing. Only
// its pool turns it into a pointer. The null handle is 0, and no pool ever makes it.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

#include <holdfast/base/hash/mix.hpp>

namespace holdfast::inline v0 {

// What a pool thinks of a handle.
enum class handle_state : std::uint8_t {
  live,     // its object is there
  null,     // it never stood for anything
  stale,    // its object has gone
  foreign,  // this pool has not made it
};

template <class T>
class handle {
 public:
  constexpr handle() noexcept = default;
  constexpr handle(std::nullptr_t) noexcept {}

  // For who keeps it as a number; no check is made but by the pool.
  [[nodiscard]] static constexpr handle from_bits(std::uint64_t bits) noexcept {
    handle made;
    made.bits_ = bits;
    return made;
  }
  [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }

  // Not null. Whether the object lives is the pool's to say.
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return bits_ != 0; }
  [[nodiscard]] friend constexpr auto operator<=>(handle, handle) noexcept = default;

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace holdfast::inline v0

template <class T>
struct std::hash<holdfast::handle<T>> {
  [[nodiscard]] std::size_t operator()(holdfast::handle<T> one) const noexcept {
    return static_cast<std::size_t>(holdfast::mix_word(one.bits(), 0));
  }
};
