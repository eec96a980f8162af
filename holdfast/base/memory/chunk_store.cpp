// See chunk_store.hpp.
#include <holdfast/base/memory/chunk_store.hpp>

#include <atomic>
#include <bit>
#include <mutex>
#include <new>

#include <pthread.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/immortal.hpp>
#include <holdfast/base/memory/arena_round.hpp>
#include <holdfast/base/memory/sanitizer_hooks.hpp>

namespace holdfast::inline v0::memory {
namespace {

constinit std::mutex store_guard;

HOLDFAST_AT_LOAD void watch_forks() noexcept {
  pthread_atfork([] { store_guard.lock(); }, [] { store_guard.unlock(); }, [] { store_guard.unlock(); });
}

// Every region of every store, for find_chunk. 128 GiB; regions beyond are not found.
constexpr std::size_t known_limit = std::size_t{1} << 16;
constinit std::atomic<region*> known_regions[known_limit];
constinit std::atomic<std::size_t> known_count{0};

void remember(region* one) noexcept {
  for (std::size_t i = 0; i < known_limit; ++i) {
    // relaxed: under the lock; readers outside of it see the release below.
    if (known_regions[i].load(std::memory_order_relaxed) != nullptr) continue;
    // release: pairs with the acquire in find_chunk; the region's page is complete.
    known_regions[i].store(one, std::memory_order_release);
    if (i >= known_count.load(std::memory_order_relaxed)) known_count.store(i + 1, std::memory_order_release);
    return;
  }
}

void forget(const region* one) noexcept {
  for (std::size_t i = 0; i < known_count.load(std::memory_order_relaxed); ++i)
    // relaxed: whoever still looks into a store that ends reads pages that go; the contract forbids it.
    if (known_regions[i].load(std::memory_order_relaxed) == one)
      known_regions[i].store(nullptr, std::memory_order_relaxed);
}

constexpr std::uint32_t every_chunk = ~std::uint32_t{0};

constexpr std::uint32_t bits_from(std::size_t first, std::size_t count) noexcept {
  return count == chunks_per_region ? every_chunk : ((std::uint32_t{1} << count) - 1) << first;
}

// The first of `count` neighbouring set bits; 32 if there are none.
std::size_t find_run(std::uint32_t bits, std::uint32_t count) noexcept {
  for (std::size_t first = 0; first + count <= chunks_per_region; ++first)
    if ((bits & bits_from(first, count)) == bits_from(first, count)) return first;
  return chunks_per_region;
}

constinit immortal<chunk_store> of_the_process;

}  // namespace

chunk_store& process_chunks() noexcept { return of_the_process.it; }

chunk_header* find_chunk(const void* address) noexcept {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  // acquire: pairs with the release in remember().
  const std::size_t count = known_count.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count; ++i) {
    region* const one = known_regions[i].load(std::memory_order_acquire);
    const auto start = reinterpret_cast<std::uintptr_t>(one);
    if (one == nullptr || wanted < start + page_bytes || wanted >= start + region_bytes + one->tail) continue;
    const std::size_t index = (wanted - start) / chunk_bytes;
    chunk_header* speaker = &one->chunks[index < chunks_per_region ? index : chunks_per_region - 1];
    while (speaker->span == 0 && speaker != one->chunks) --speaker;
    return speaker;
  }
  return nullptr;
}

page_source& chunk_store::source() const noexcept { return source_ != nullptr ? *source_ : system_pages(); }

chunk_store::~chunk_store() {
  const std::lock_guard<std::mutex> hold(store_guard);
  while (regions_ != nullptr) {
    region* const last = regions_;
    regions_ = last->next;
    forget(last);
    for (chunk_header& one : last->chunks) {
      drop_round(one.round);
      delete[] one.sites;
    }
    mark_readable(reinterpret_cast<std::byte*>(last), region_bytes + last->tail);
    forget_heap_root(reinterpret_cast<std::byte*>(last), region_bytes);
    source().unmap(reinterpret_cast<std::byte*>(last), region_bytes + last->tail);
  }
}

region* chunk_store::make_region(std::size_t bytes, page_kind wish) noexcept {
  std::byte* const start = source().map(bytes, wish);
  if (start == nullptr) {
    ++counted_.refusals;
    return nullptr;
  }
  auto* const made = new (start) region;
  made->store = this;
  made->pages = wish;
  made->tail = bytes - region_bytes;
  made->free_chunks = every_chunk;
  made->next = regions_;
  regions_ = made;
  ++counted_.regions;
  ++counted_.regions_of[static_cast<std::size_t>(wish)];
  remember(made);
  know_heap_root(start, region_bytes);
  return made;
}

void chunk_store::list_free(region* one) noexcept {
  if (one->listed_free) return;
  one->listed_free = true;
  one->next_free = with_free_;
  with_free_ = one;
}

chunk_header* chunk_store::handed_out(chunk_header* span, std::uint32_t count) noexcept {
  span->span = count;
  span->next = nullptr;
  span->used = 0;
  // relaxed: read by the fault reporter in whichever state it finds it.
  span->state.store(chunk_state::in_use, std::memory_order_relaxed);
  counted_.used_chunks += count;
  return span;
}

// From the regions that have free chunks; those that have none any more leave the list.
chunk_header* chunk_store::take_free(std::uint32_t count) noexcept {
  for (region** link = &with_free_; *link != nullptr;) {
    region* const one = *link;
    if (one->free_chunks == 0) {
      *link = one->next_free;
      one->listed_free = false;
      continue;
    }
    const std::size_t first = find_run(one->free_chunks, count);
    if (first != chunks_per_region) {
      one->free_chunks &= ~bits_from(first, count);
      return handed_out(&one->chunks[first], count);
    }
    link = &one->next_free;
  }
  return nullptr;
}

// For an object that needs more than a region's chunks: a region with a tail, an unused one made longer if it can be.
chunk_header* chunk_store::take_whole_region(std::size_t bytes, page_kind wish) noexcept {
  const std::size_t tail = bytes - region_bytes;
  for (region* one = with_free_; one != nullptr; one = one->next_free) {
    if (one->free_chunks != every_chunk) continue;
    if (tail != 0 && !source().map_at(reinterpret_cast<std::byte*>(one) + region_bytes, tail)) continue;
    one->tail = tail;
    one->free_chunks = 0;
    return handed_out(one->chunks, chunks_per_region);
  }
  region* const made = make_region(region_bytes + tail, wish);
  if (made == nullptr) return nullptr;
  made->free_chunks = 0;
  return handed_out(made->chunks, chunks_per_region);
}

chunk_header* chunk_store::take(std::size_t bytes, page_kind wish) noexcept {
  if (bytes > static_cast<std::size_t>(PTRDIFF_MAX) - 2 * region_bytes) return nullptr;
  const std::lock_guard<std::mutex> hold(store_guard);
  const std::size_t needed = span_bytes(bytes);
  if (needed >= region_bytes) return take_whole_region(needed, wish);
  const auto count = static_cast<std::uint32_t>(needed / chunk_bytes);
  if (count == 1 && warm_ != nullptr) {
    chunk_header* const last = warm_;
    warm_ = last->next;
    --counted_.warm_chunks;
    return handed_out(last, 1);
  }
  if (chunk_header* const found = take_free(count)) return found;
  region* const made = make_region(region_bytes, wish);
  if (made == nullptr) return nullptr;
  list_free(made);
  return take_free(count);
}

// Its memory goes, its addresses stay.
void chunk_store::free_span(chunk_header* span) noexcept {
  region* const in = region_of(span);
  auto* const start = reinterpret_cast<std::byte*>(payload_start(span));
  const std::size_t first = index_of(span);
  const std::uint32_t count = span->span;
  mark_readable(start, payload_bytes(span));
  if (in->tail != 0 && first + count == chunks_per_region) {
    source().unmap(reinterpret_cast<std::byte*>(in) + region_bytes, in->tail);
    in->tail = 0;
  }
  if (source().discard(start, payload_bytes(span))) span->poisoned = 0;
  for (std::size_t i = first; i < first + count; ++i) in->chunks[i].span = 0;
  in->free_chunks |= bits_from(first, count);
  list_free(in);
}

void chunk_store::give_locked(chunk_header* span) noexcept {
  span->state.store(chunk_state::unused, std::memory_order_relaxed);
  if (span->span == 1 && counted_.warm_chunks < options_.warm_chunks) {
    span->next = warm_;
    warm_ = span;
    ++counted_.warm_chunks;
  } else {
    free_span(span);
  }
}

void chunk_store::give(chunk_header* span) noexcept {
  const std::lock_guard<std::mutex> hold(store_guard);
  counted_.used_chunks -= span->span;
  give_locked(span);
}

bool chunk_store::quarantine(chunk_header* span) noexcept {
  const std::lock_guard<std::mutex> hold(store_guard);
  auto* const start = reinterpret_cast<std::byte*>(payload_start(span));
  if (!source().protect(start, payload_bytes(span), false)) return false;
  source().discard(start, payload_bytes(span));
  counted_.used_chunks -= span->span;
  span->poisoned = 0;
  span->next = nullptr;
  span->state.store(chunk_state::protected_after_reset, std::memory_order_relaxed);
  (oldest_ == nullptr ? oldest_ : youngest_->next) = span;
  youngest_ = span;
  counted_.quarantined_chunks += span->span;
  while (counted_.quarantined_chunks > options_.quarantined_chunks) release_oldest();
  return true;
}

void chunk_store::release_oldest() noexcept {
  chunk_header* const span = oldest_;
  oldest_ = span->next;
  counted_.quarantined_chunks -= span->span;
  // Where the system refuses, the chunk stays as it is, for good.
  if (source().protect(reinterpret_cast<std::byte*>(payload_start(span)), payload_bytes(span), true)) give_locked(span);
}

store_stats chunk_store::stats() const noexcept {
  const std::lock_guard<std::mutex> hold(store_guard);
  return counted_;
}

}  // namespace holdfast::inline v0::memory
