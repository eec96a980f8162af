// See block_pool.hpp.
#include <holdfast/base/memory/block_pool.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>

#include <sys/mman.h>

namespace holdfast::inline v0::memory {

constinit thread_local block_lists* near_blocks = nullptr;

namespace {

constexpr bool from_new = address_sanitizer || thread_sanitizer;
constexpr std::size_t chunk_bytes = std::size_t{1} << 18;
constexpr std::uint32_t half = longest_list / 2;
// Fewer at a time at first, so that a small map does not touch pages for nothing.
constexpr std::uint32_t carved_at_once = 32;

// The blocks of one size that belong to no thread.
class shared_blocks {
 public:
  // A list of free blocks; its first one is null if the system has no more memory.
  [[nodiscard]] block_lists::list take(std::size_t size) noexcept {
    const std::lock_guard<std::mutex> hold(guard_);
    if (halves_ == 0) return carve(size);
    auto* const first = reinterpret_cast<free_block*>(halves_ & address_bits);
    const auto count = static_cast<std::uint32_t>(halves_ >> count_shift);
    halves_ = first->next_half;
    return {first, count};
  }

  void give(block_lists::list blocks) noexcept {
    if (blocks.first == nullptr) return;
    const std::lock_guard<std::mutex> hold(guard_);
    blocks.first->next_half = halves_;
    halves_ = reinterpret_cast<std::uintptr_t>(blocks.first) | std::uint64_t{blocks.count} << count_shift;
  }

 private:
  static constexpr unsigned count_shift = 48;
  static constexpr std::uint64_t address_bits = (std::uint64_t{1} << count_shift) - 1;

  block_lists::list carve(std::size_t size) noexcept {
    if (left_ < size && !fetch_chunk()) return {};
    const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(left_ / size, carved_at_once));
    auto* const first = reinterpret_cast<free_block*>(free_);
    for (std::uint32_t i = 0; i < count; ++i, free_ += size) {
      auto* const block = reinterpret_cast<free_block*>(free_);
      block->next = i + 1 < count ? reinterpret_cast<free_block*>(free_ + size) : nullptr;
    }
    left_ -= count * size;
    return {first, count};
  }

  bool fetch_chunk() noexcept;

  std::mutex guard_;
  std::uint64_t halves_ = 0;
  std::byte* free_ = nullptr;
  std::size_t left_ = 0;
};

struct pool {
  shared_blocks of_size[block_sizes];
  std::atomic<std::size_t> bytes{0};
};

// Never destroyed: blocks are given back after main has returned, too.
pool& the_pool() noexcept {
  alignas(pool) static std::byte room[sizeof(pool)];
  static pool* const made = new (room) pool;
  return *made;
}

bool shared_blocks::fetch_chunk() noexcept {
  void* const chunk = mmap(nullptr, chunk_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (chunk == MAP_FAILED) return false;
  free_ = static_cast<std::byte*>(chunk);
  left_ = chunk_bytes;
  // relaxed: a figure for reports, nothing is read through it.
  the_pool().bytes.fetch_add(chunk_bytes, std::memory_order_relaxed);
  return true;
}

std::size_t class_of(std::size_t bytes) noexcept {
  return std::max<std::size_t>((bytes + block_step - 1) / block_step, sizeof(free_block) / block_step);
}

// Gives a thread its lists, and when it ends takes what is in them for the others.
class thread_blocks {
 public:
  thread_blocks() noexcept { near_blocks = &lists_; }
  thread_blocks(const thread_blocks&) = delete;
  thread_blocks& operator=(const thread_blocks&) = delete;
  ~thread_blocks() {
    near_blocks = nullptr;
    ended = true;
    for (std::size_t size = 0; size < block_sizes; ++size) {
      the_pool().of_size[size].give(lists_.of_size[size]);
    }
  }

  // Set for what is freed while the rest of the thread's locals die.
  static inline constinit thread_local bool ended = false;

 private:
  block_lists lists_;
};

block_lists* lists_of_this_thread() noexcept {
  if (thread_blocks::ended) return nullptr;
  static thread_local thread_blocks mine;
  return near_blocks;
}

// For a thread that has no lists any more.
void* take_one(std::size_t which) noexcept {
  const block_lists::list blocks = the_pool().of_size[which].take(which * block_step);
  if (blocks.first != nullptr) the_pool().of_size[which].give({blocks.first->next, blocks.count - 1});
  return blocks.first;
}

}  // namespace

void* fetch_block(std::size_t bytes) noexcept {
  if constexpr (from_new) return ::operator new(bytes, std::nothrow);
  const std::size_t which = class_of(bytes);
  block_lists* const mine = lists_of_this_thread();
  if (mine == nullptr) return take_one(which);
  block_lists::list& list = mine->of_size[which];
  if (list.first == nullptr) list = the_pool().of_size[which].take(which * block_step);
  free_block* const block = list.first;
  if (block == nullptr) return nullptr;
  list.first = block->next;
  --list.count;
  return block;
}

void hand_back_block(void* block, std::size_t bytes) noexcept {
  if constexpr (from_new) return ::operator delete(block);
  const std::size_t which = class_of(bytes);
  auto* const freed = static_cast<free_block*>(block);
  block_lists* const mine = lists_of_this_thread();
  if (mine == nullptr) {
    freed->next = nullptr;
    return the_pool().of_size[which].give({freed, 1});
  }
  block_lists::list& list = mine->of_size[which];
  if (list.count >= longest_list) {
    free_block* last = list.first;
    for (std::uint32_t i = 1; i < half; ++i) last = last->next;
    free_block* const rest = last->next;
    last->next = nullptr;
    the_pool().of_size[which].give({list.first, half});
    list = {rest, list.count - half};
  }
  freed->next = list.first;
  list.first = freed;
  ++list.count;
}

std::size_t block_pool_bytes() noexcept { return the_pool().bytes.load(std::memory_order_relaxed); }

}  // namespace holdfast::inline v0::memory
