// Where the blocks of a shared map come from, and how a block finds its way back when its map has gone.
//
// A block is freed by whichever thread reclaims it, perhaps after the map. With an allocator that has no
// state a new one of its kind will do. One that has state is kept beside the map, counted by the blocks
// that still need it; the memory resource behind it must live as long as they do.
//
// With std::allocator small blocks come from the pool (base/memory/block_pool.hpp).
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/raise.hpp>
#include <holdfast/base/memory/block_pool.hpp>

namespace holdfast::inline v0::concurrent {

template <class Allocator>
inline constexpr bool is_standard_allocator = std::is_same_v<Allocator, std::allocator<typename Allocator::value_type>>;

template <class Allocator>
inline constexpr bool has_no_state = std::is_empty_v<Allocator> && std::is_default_constructible_v<Allocator> &&
                                     std::allocator_traits<Allocator>::is_always_equal::value;

// What each block remembers of its allocator: nothing.
template <class Allocator, bool = has_no_state<Allocator>>
class block_owner {
 public:
  [[nodiscard]] static block_owner make(const Allocator&) noexcept { return {}; }
  [[nodiscard]] Allocator allocator() const noexcept { return Allocator(); }
  void add_block() const noexcept {}
  void drop_block() const noexcept {}
};

// The same where there is state: one pointer.
template <class Allocator>
class block_owner<Allocator, false> {
 public:
  // Counted for the map itself.
  [[nodiscard]] static block_owner make(const Allocator& allocator) {
    kept_allocator memory(allocator);
    kept* const place = std::allocator_traits<kept_allocator>::allocate(memory, 1);
    return block_owner(::new (static_cast<void*>(place)) kept(allocator));
  }
  [[nodiscard]] const Allocator& allocator() const noexcept { return kept_->allocator; }

  // relaxed: the count cannot be zero, the caller has one.
  void add_block() const noexcept { kept_->users.fetch_add(1, std::memory_order_relaxed); }
  void drop_block() const noexcept {
    // acq_rel: pairs with itself; the last user sees that all others have done with the allocator.
    if (kept_->users.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    kept_allocator memory(kept_->allocator);
    kept_->~kept();
    std::allocator_traits<kept_allocator>::deallocate(memory, kept_, 1);
  }

 private:
  struct kept {
    explicit kept(const Allocator& from) : allocator(from) {}
    Allocator allocator;
    std::atomic<std::size_t> users{1};
  };
  using kept_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<kept>;

  explicit block_owner(kept* of) noexcept : kept_(of) {}
  kept* kept_;
};

template <class Allocator, class Block>
inline constexpr bool is_pooled = is_standard_allocator<Allocator> && sizeof(Block) <= memory::largest_block &&
                                  alignof(Block) <= memory::block_alignment;

// Raw room for a Block; counted with its owner. Throws: what the allocator throws, std::bad_alloc.
template <class Block, class Allocator>
[[nodiscard]] void* take_room(const block_owner<Allocator>& owner) {
  if constexpr (is_pooled<Allocator, Block>) {
    void* const room = memory::take_block(sizeof(Block));
    if (room == nullptr) [[unlikely]]
      raise_bad_alloc();
    return room;
  } else {
    using block_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<Block>;
    block_allocator from(owner.allocator());
    void* const room = std::to_address(std::allocator_traits<block_allocator>::allocate(from, 1));
    owner.add_block();
    return room;
  }
}

// By value: the block that remembers the owner is what is freed.
template <class Block, class Allocator>
void give_room(void* room, block_owner<Allocator> owner) noexcept {
  if constexpr (is_pooled<Allocator, Block>) {
    memory::give_block(room, sizeof(Block));
  } else {
    using block_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<Block>;
    using traits = std::allocator_traits<block_allocator>;
    block_allocator from(owner.allocator());
    traits::deallocate(from, std::pointer_traits<typename traits::pointer>::pointer_to(*static_cast<Block*>(room)), 1);
    owner.drop_block();
  }
}

// A Block made of its owner and `arguments`. Throws: what the allocator and the constructor throw; then nothing is left
// behind.
template <class Block, class Allocator, class... Arguments>
[[nodiscard]] Block* make_in_room(const block_owner<Allocator>& owner, Arguments&&... arguments) {
  struct taken_room {
    const block_owner<Allocator>& owner;
    void* room;
    ~taken_room() {
      if (room != nullptr) give_room<Block>(room, owner);
    }
  } taken{owner, take_room<Block>(owner)};
  auto* const made = ::new (taken.room) Block(owner, std::forward<Arguments>(arguments)...);
  taken.room = nullptr;
  return made;
}

// give_room() for a block in which something lies that is to end first.
template <class Block, class Allocator>
void destroy_in_room(Block* block, block_owner<Allocator> owner) noexcept {
  block->~Block();
  give_room<Block>(block, owner);
}

}  // namespace holdfast::inline v0::concurrent
