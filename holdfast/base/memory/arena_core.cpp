// See arena_core.hpp. How a round ends is in arena_end.cpp.
#include <holdfast/base/memory/arena_core.hpp>

#include <atomic>
#include <bit>
#include <cstring>
#include <limits>
#include <new>
#include <string>

#include <holdfast/base/lang/raise.hpp>
#include <holdfast/base/memory/chunk_store.hpp>
#include <holdfast/base/memory/poison.hpp>
#include <holdfast/base/memory/sanitizer_hooks.hpp>
#include <holdfast/base/observe/fatal.hpp>

namespace holdfast::inline v0::memory {
namespace {

constinit std::atomic<std::uint64_t> arenas_made{0};
constinit std::atomic<std::uint64_t> sampled_arenas_made{0};

constexpr std::size_t rounded_up(std::size_t bytes, std::size_t to) noexcept { return (bytes + to - 1) & ~(to - 1); }

// A gap behind each object, so that AddressSanitizer sees who writes past its end.
constexpr std::size_t sanitizer_gap = 16;

after_reset rung_of(const arena_options& options) noexcept {
  if (options.check != after_reset::sampled) return options.check;
  const std::uint64_t every = options.sample_every == 0 ? 1 : options.sample_every;
  // relaxed: pairs with nothing; it only counts.
  const std::uint64_t nth = sampled_arenas_made.fetch_add(1, std::memory_order_relaxed);
  return nth % every == every - 1 ? after_reset::protect : after_reset::generation;
}

}  // namespace

arena_core::arena_core(const arena_options& options, std::size_t granule)
    : store_(options.chunks != nullptr ? options.chunks : &process_chunks()),
      granule_(granule),
      limit_(options.when_full == overflow::grow ? std::numeric_limits<std::size_t>::max()
                                                 : rounded_up(options.limit, chunk_bytes)),
      // relaxed: pairs with nothing; it only counts.
      id_(arenas_made.fetch_add(1, std::memory_order_relaxed) + 1),
      check_(rung_of(options)),
      on_escape_(options.escapes),
      pages_(check_ == after_reset::protect ? page_kind::plain : options.pages),
      fixed_(options.when_full == overflow::fixed),
      address_sanitizer_(has_address_sanitizer()) {
  options.name.copy(name_, arena_name_room - 1);
  for (std::size_t taken = 0; fixed_ && taken < limit_; taken += chunk_bytes) {
    chunk_header* const span = take_span(1);
    if (span == nullptr) {
      end_round(cause::arena_destroyed, keep_chunks::no);
      raise_bad_alloc();
    }
    span->next = kept_;
    kept_ = span;
  }
}

void* arena_core::try_allocate(std::size_t size, std::size_t align) noexcept {
  return serve(size, align, __builtin_return_address(0));
}

void* arena_core::allocate_elsewhere(std::size_t size, std::size_t align) {
  if (void* const room = serve(size, align, __builtin_return_address(0))) return room;
  raise(arena_overflow());
}

void* arena_core::serve(std::size_t size, std::size_t align, const void* place) noexcept {
  constexpr std::size_t most = static_cast<std::size_t>(PTRDIFF_MAX) - 2 * region_bytes;
  if (align > page_bytes || size > most) return nullptr;
  const std::size_t rounded = rounded_up(std::max<std::size_t>(size, 1), granule_);
  if (rounded > largest_small && !fixed_) return serve_large(rounded, place);
  if (void* const room = fit(rounded, align, place)) return room;
  if (rounded > chunk_bytes - page_bytes || !next_chunk()) return nullptr;
  return fit(rounded, align, place);
}

// In the chunk that is being filled.
void* arena_core::fit(std::size_t size, std::size_t align, const void* place) noexcept {
  const std::uintptr_t start = rounded_up(next_, std::max(align, granule_));
  if (chunks_ == nullptr || start > chunk_end_ || size > chunk_end_ - start) return nullptr;
  next_ = start + size;
  if (address_sanitizer_) {
    mark_readable(reinterpret_cast<std::byte*>(start), size);
    next_ = std::min(chunk_end_, next_ + rounded_up(sanitizer_gap, granule_));
  }
  if (round_ != nullptr) note_site(chunks_, start, place);
  return reinterpret_cast<void*>(start);
}

void* arena_core::serve_large(std::size_t size, const void* place) noexcept {
  chunk_header* const span = take_span(size);
  if (span == nullptr) return nullptr;
  prepare(span);
  span->next = large_;
  large_ = span;
  span->used = size;
  auto* const start = reinterpret_cast<std::byte*>(payload_start(span));
  mark_readable(start, size);
  if (round_ != nullptr) note_site(span, payload_start(span), place);
  return start;
}

void arena_core::close_chunk() noexcept {
  if (chunks_ != nullptr && next_ != 0) chunks_->used = next_ - payload_start(chunks_);
}

bool arena_core::next_chunk() noexcept {
  chunk_header* span = kept_;
  if (span != nullptr) kept_ = span->next;
  else if ((span = take_span(1)) == nullptr) return false;
  close_chunk();
  prepare(span);
  span->next = chunks_;
  chunks_ = span;
  next_ = payload_start(span);
  chunk_end_ = payload_end(span);
  // Under these every allocation has to be seen: none fits into an end of 0.
  end_ = round_ != nullptr || address_sanitizer_ ? 0 : chunk_end_;
  return true;
}

chunk_header* arena_core::take_span(std::size_t bytes) noexcept {
  const std::size_t needed = span_bytes(bytes);
  if (needed > limit_ || held_ > limit_ - needed) return nullptr;
  chunk_header* const span = store_->take(bytes, pages_);
  if (span != nullptr) held_ += whole_bytes(span);
  return span;
}

// A span for a new round: nobody has written to it meanwhile, and reports know whose it is.
void arena_core::prepare(chunk_header* span) noexcept {
  verify_poison(span);
  if (check_ == after_reset::protect && round_ == nullptr) round_ = begin_round(name_, id_, resets_);
  drop_round(span->round);
  span->round = round_;
  span->site_count = 0;
  span->used = 0;
  hold_round(round_);
  if (address_sanitizer_) mark_unreadable(reinterpret_cast<std::byte*>(payload_start(span)), payload_bytes(span));
}

void arena_core::note_site(chunk_header* span, std::uintptr_t object, const void* place) noexcept {
  if (span->site_count == span->site_room) {
    const std::uint32_t room = std::max<std::uint32_t>(64, span->site_room * 2);
    auto* const larger = new (std::nothrow) allocation_site[room];
    if (larger == nullptr) return;
    std::copy_n(span->sites, span->site_count, larger);
    delete[] span->sites;
    span->sites = larger;
    span->site_room = room;
  }
  span->sites[span->site_count++] = {object, place};
}

const chunk_header* arena_core::span_of(const void* address) const noexcept {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  for (const chunk_header* list : {chunks_, large_})
    for (; list != nullptr; list = list->next)
      if (wanted >= payload_start(list) && wanted < payload_end(list)) return list;
  return nullptr;
}

std::uint64_t arena_core::generation_of(const void* object) const {
  const chunk_header* const span = span_of(object);
  if (span == nullptr) return 0;
  if (region_of(object) != region_of(span))
    raise_length_error(
        "holdfast: an arena_ptr cannot point beyond the first 2 MiB of a large object; let it point to "
        "its beginning");
  // relaxed: counted up by the thread that resets, which is the one that asks.
  return header_of(object)->generation.load(std::memory_order_relaxed);
}

arena_stats arena_core::stats() const noexcept {
  arena_stats told;
  for (const chunk_header* one = chunks_; one != nullptr; one = one->next, ++told.chunks)
    told.bytes_used += one == chunks_ && next_ != 0 ? next_ - payload_start(one) : one->used;
  for (const chunk_header* one = large_; one != nullptr; one = one->next, ++told.large_objects)
    told.bytes_used += one->used;
  for (const chunk_header* one = kept_; one != nullptr; one = one->next) ++told.kept_chunks;
  for (const destructor_record* one = destructors_; one != nullptr; one = one->before) ++told.destructors;
  told.chunks += told.large_objects;
  told.bytes_held = held_;
  told.escapes = escapes_.count();
  told.resets = resets_;
  told.unprotected = unprotected_;
  told.check = check_;
  const chunk_header* const last = chunks_ != nullptr ? chunks_ : large_ != nullptr ? large_ : kept_;
  if (last != nullptr) told.pages = region_of(last)->pages;
  return told;
}

void arena_core::open_scope() noexcept {
  if (scope_open_)
    observe::report_fatal_here("holdfast: fatal: request_arena inside another one",
                               "  arena \"" + std::string(name_) + "\" (id " + std::to_string(id_) + ")\n",
                               "give the inner request an arena of its own; its end would reset the outer one's");
  scope_open_ = true;
}

void arena_core::adopt_from(arena_core& other) noexcept {
  if (&other == this) return;
  other.close_chunk();
  const auto move_spans = [&](chunk_header*& from, chunk_header*& to) {
    chunk_header** link = to != nullptr ? &to->next : &to;  // behind the chunk that is being filled
    while (chunk_header* const span = from) {
      from = span->next;
      if (check_ == after_reset::protect && round_ == nullptr) round_ = begin_round(name_, id_, resets_);
      drop_round(span->round);
      hold_round(round_);
      span->round = round_;
      held_ += whole_bytes(span);
      other.held_ -= whole_bytes(span);
      span->next = *link;
      *link = span;
      link = &span->next;
    }
  };
  move_spans(other.chunks_, chunks_);
  move_spans(other.large_, large_);
  other.next_ = other.end_ = other.chunk_end_ = 0;
  if (other.destructors_ != nullptr) {
    destructor_record* oldest = other.destructors_;
    while (oldest->before != nullptr) oldest = oldest->before;
    oldest->before = destructors_;
    destructors_ = other.destructors_;
    other.destructors_ = nullptr;
  }
  while (escape_link* const one = other.escapes_.first()) other.unlink(*one), link(*one);
  while (arena_listener* const one = other.listeners_.first()) other.unlink(*one), link(*one);
}

}  // namespace holdfast::inline v0::memory
