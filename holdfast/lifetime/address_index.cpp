// See address_index.hpp.
#include <holdfast/lifetime/address_index.hpp>

#include <cstdlib>

#include <holdfast/lifetime/resource_notes.hpp>

namespace holdfast::inline v0::lifetime {
namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t most_per_chain = 4;

HOLDFAST_NEAR_TLS constinit thread_local unsigned shards_locked = 0;

// The product whose top 16 bits are the filter's bit.
std::uint64_t spread(const void* address) noexcept {
  return (static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(address)) >> 4) * 0x9E3779B97F4A7C15U;
}

unsigned shard_of(const void* address) noexcept { return static_cast<unsigned>(spread(address) >> 58); }

// A page's bit; the same hash, but other bits of the address.
std::uint32_t page_bit(std::uintptr_t address) noexcept {
  return static_cast<std::uint32_t>((address / page * 0x9E3779B97F4A7C15U) >> 48);
}

}  // namespace

bool is_inside_index() noexcept { return shards_locked != 0; }

address_index::~address_index() {
  for (shard& each : shards_) std::free(each.heads);
}

std::uint64_t address_index::ever_linked() const noexcept {
  std::uint64_t sum = 0;
  // relaxed, here and below: a figure.
  for (const shard& each : shards_) sum += each.ever_linked.load(std::memory_order_relaxed);
  return sum;
}
void address_index::forget_ever_linked() noexcept {
  for (shard& each : shards_) each.ever_linked.store(0, std::memory_order_relaxed);
}

bool address_index::may_lie_within(const void* begin, std::size_t size) const noexcept {
  const auto first = reinterpret_cast<std::uintptr_t>(begin) / page;
  const auto last = (reinterpret_cast<std::uintptr_t>(begin) + size + page - 1) / page;
  if (last - first >= holdfast_filter_bits) return true;
  for (auto each = first; each < last; ++each) {
    const std::uint32_t bit = page_bit(each * page);
    // relaxed: as in may_hold().
    if ((pages_[bit / 64].load(std::memory_order_relaxed) >> bit % 64 & 1) != 0) return true;
  }
  return false;
}

void address_index::note_page(const void* address) noexcept {
  const std::uint32_t bit = page_bit(reinterpret_cast<std::uintptr_t>(address));
  const std::uint64_t mask = std::uint64_t{1} << bit % 64;
  // relaxed: as in may_hold(). The bits of one word belong to several shards, so it is or-ed in.
  if ((pages_[bit / 64].load(std::memory_order_relaxed) & mask) == 0)
    pages_[bit / 64].fetch_or(mask, std::memory_order_relaxed);
}

address_index::locked::locked(address_index& all, unsigned number) noexcept : all_(all), one_(all.shards_[number]) {
  ++shards_locked;
  if (one_.guard.lock() == sync::taken::inherited) make_anew();
}

address_index::locked::locked(address_index& all, const void* address) noexcept : locked(all, shard_of(address)) {}

address_index::locked::~locked() {
  one_.guard.unlock();
  --shards_locked;
}

std::uint32_t& address_index::locked::next_of(const resource_slot& slot) noexcept {
  return slot.notes().next_at_address;
}

std::uint32_t* address_index::locked::head_of(const void* address) const noexcept {
  const std::uint64_t below_shard = spread(address) << 6;
  return one_.heads + (below_shard >> (64 - one_.width));
}

bool address_index::locked::has_room() const noexcept {
  if (one_.heads == nullptr)
    one_.heads = static_cast<std::uint32_t*>(std::calloc(std::size_t{1} << one_.width, sizeof(std::uint32_t)));
  return one_.heads != nullptr;
}

resource_slot* address_index::locked::find(const void* address) const noexcept {
  if (one_.heads == nullptr) return nullptr;
  for (std::uint32_t next = *head_of(address); next != 0;) {
    resource_slot& each = *the_resource_slots.it.find(next - 1);
    if (each.pointer == address) return &each;
    next = next_of(each);
  }
  return nullptr;
}

void address_index::locked::put(resource_slot& slot) const noexcept {
  std::uint32_t* const head = head_of(slot.pointer);
  next_of(slot) = *head;
  *head = slot.index + 1;
  const std::uint32_t bit = holdfast_filter_bit(slot.pointer);
  std::atomic<std::uint64_t>& word = all_.filter_[bit / 64];
  // relaxed: the words of a shard are written under its lock only.
  word.store(word.load(std::memory_order_relaxed) | std::uint64_t{1} << bit % 64, std::memory_order_relaxed);
}

void address_index::locked::link(resource_slot& slot) const noexcept {
  if (one_.linked >= most_per_chain << one_.width) split();
  put(slot);
  slot.notes().linked = true;
  ++one_.linked;
  // relaxed: a figure, written under the lock.
  one_.ever_linked.store(one_.ever_linked.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  all_.note_page(slot.pointer);
}

// All chains whose addresses have the filter's bit of `address`.
bool address_index::locked::is_chain_empty(const void* address) const noexcept {
  const std::size_t together = std::size_t{1} << (one_.width - least_width);
  const auto place = static_cast<std::size_t>(head_of(address) - one_.heads);
  std::uint32_t all = 0;
  for (const std::uint32_t head : std::span(one_.heads + place / together * together, together)) all |= head;
  return all == 0;
}

void address_index::locked::unlink(resource_slot& slot) const noexcept {
  if (!slot.notes().linked) return;
  slot.notes().linked = false;
  if (one_.heads == nullptr) return;
  std::uint32_t* link = head_of(slot.pointer);
  while (*link != 0 && *link != slot.index + 1) link = &next_of(*the_resource_slots.it.find(*link - 1));
  if (*link == 0) return;  // in a child that had no memory to make the chains anew
  *link = next_of(slot);
  --one_.linked;
  if (!is_chain_empty(slot.pointer)) return;
  const std::uint32_t bit = holdfast_filter_bit(slot.pointer);
  std::atomic<std::uint64_t>& word = all_.filter_[bit / 64];
  // relaxed: as in put().
  word.store(word.load(std::memory_order_relaxed) & ~(std::uint64_t{1} << bit % 64), std::memory_order_relaxed);
}

// Twice as many chains. Without memory for them the old ones do, longer.
void address_index::locked::split() const noexcept {
  const std::size_t count = std::size_t{2} << one_.width;
  auto* const fresh = static_cast<std::uint32_t*>(std::calloc(count, sizeof(std::uint32_t)));
  if (fresh == nullptr) return;
  std::uint32_t* const old = one_.heads;
  const std::span chains(old, count / 2);
  one_.heads = fresh;
  ++one_.width;
  for (std::uint32_t next : chains)
    while (next != 0) {
      resource_slot& each = *the_resource_slots.it.find(next - 1);
      next = next_of(each);
      put(each);
    }
  std::free(old);
}

// In a child, after a thread that it does not have has left the shard half changed.
void address_index::locked::make_anew() const noexcept {
  // The old array may be half freed: it is left alone.
  one_.heads = nullptr;
  one_.linked = 0;
  if (!has_room()) return;
  const auto number = static_cast<unsigned>(&one_ - all_.shards_);
  for (std::uint32_t index = 0; index != the_resource_slots.it.size(); ++index) {
    resource_slot& each = *the_resource_slots.it.find(index);
    if (!each.notes().linked || shard_of(each.pointer) != number) continue;
    // relaxed: there is one thread.
    if (each.owner.load(std::memory_order_relaxed) != all_.owner_) continue;
    put(each);
    ++one_.linked;
  }
}

}  // namespace holdfast::inline v0::lifetime
