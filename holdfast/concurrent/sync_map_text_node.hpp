// One entry whose key is a text: its characters lie in the node, behind the value.
//
//   | next retired | how to destroy | value | length | characters ...
//
// A std::string in the node would be a block of its own, so a lookup would wait for three cache lines one after
// another: bucket, node, characters. Here a text of up to 36 characters with a word as its value is one line of 64
// bytes. The hash is not kept: it is found from the characters, which are at hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/raise.hpp>
#include <holdfast/base/memory/block_pool.hpp>
#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/concurrent/block_owner.hpp>
#include <holdfast/concurrent/sync_map_types.hpp>
#include <holdfast/concurrent/sync_map_value.hpp>

namespace holdfast::inline v0::concurrent {

// Keys whose characters are all there is to them, hashed and compared as such, in memory that the pool gives.
template <class Types>
inline constexpr bool is_text_key =
    std::is_same_v<typename Types::key_type, std::string> && std::is_same_v<typename Types::hasher, hash<std::string>> &&
    std::is_same_v<typename Types::key_equal, equal_to<std::string>> &&
    is_standard_allocator<typename Types::allocator> && !Types::gives_references &&
    alignof(typename Types::mapped_type) <= memory::block_alignment;

template <class Types>
class text_node : public reclaim::retirable {
 public:
  using mapped_type = typename Types::mapped_type;
  using owner = typename Types::owner;
  using value_type = value_in_node<Types>;
  static constexpr bool ends_unseen = std::is_trivially_destructible_v<mapped_type>;
  static constexpr bool is_made_by_us = true;

  // A node that has its key and no value. Throws: std::bad_alloc; std::length_error for 4 GiB of characters.
  [[nodiscard]] static text_node* make(const owner&, std::uint64_t, std::string_view key) {
    if (key.size() > std::numeric_limits<std::uint32_t>::max()) [[unlikely]]
      raise_length_error("holdfast: sync_map: a key of more than 4 GiB");
    auto* const node = ::new (take(bytes_for(key.size()))) text_node(static_cast<std::uint32_t>(key.size()));
    std::memcpy(node->characters(), key.data(), key.size());
    return node;
  }

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::string_view key() const noexcept {
    return {reinterpret_cast<const char*>(this) + head, length_};
  }
  // An object, or a copy of a word.
  [[nodiscard]] decltype(auto) value() const noexcept { return value_.get(); }
  [[nodiscard]] value_type& stored() noexcept { return value_; }
  [[nodiscard]] static typename Types::allocator allocator() noexcept { return {}; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_for(length_); }
  // What a lookup reads first.
  [[nodiscard]] const void* first_read() const noexcept { return std::addressof(length_); }

  // The hash under the map's own hash and seed.
  [[nodiscard]] std::uint64_t hash(const typename Types::hasher& hash, std::uint64_t seed) const noexcept {
    return finished_hash(hash, key(), seed);
  }

  // Key and room, of a node without a value that nobody can reach.
  static void destroy_keyed(text_node* node) noexcept {
    const std::size_t bytes = node->bytes();
    node->~text_node();
    give(node, bytes);
  }

 private:
  // Where the characters begin: right behind the length, in what may be padding of this class.
  static constexpr std::size_t head =
      (sizeof(reclaim::retirable) + sizeof(value_type) + alignof(std::uint32_t) - 1) / alignof(std::uint32_t) *
          alignof(std::uint32_t) +
      sizeof(std::uint32_t);

  explicit text_node(std::uint32_t length) noexcept : length_(length) {}
  ~text_node() {}  // the value has a life of its own

  [[nodiscard]] char* characters() noexcept { return reinterpret_cast<char*>(this) + head; }

  [[nodiscard]] static constexpr std::size_t bytes_for(std::size_t length) noexcept {
    static_assert(head <= sizeof(text_node) && sizeof(text_node) - head < alignof(text_node));
    return head + length < sizeof(text_node) ? sizeof(text_node) : head + length;
  }

  struct alignas(memory::block_alignment) unit {
    char room[memory::block_alignment];
  };
  [[nodiscard]] static std::size_t units(std::size_t bytes) noexcept { return (bytes + sizeof(unit) - 1) / sizeof(unit); }

  [[nodiscard]] static void* take(std::size_t bytes) {
    if (bytes > memory::largest_block) [[unlikely]] return std::allocator<unit>().allocate(units(bytes));
    void* const room = memory::take_block(bytes);
    if (room == nullptr) [[unlikely]] raise_bad_alloc();
    return room;
  }
  static void give(void* room, std::size_t bytes) noexcept {
    if (bytes > memory::largest_block) [[unlikely]]
      return std::allocator<unit>().deallocate(static_cast<unit*>(room), units(bytes));
    memory::give_block(room, bytes);
  }

  value_type value_;
  std::uint32_t length_;
};

}  // namespace holdfast::inline v0::concurrent
