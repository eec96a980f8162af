// See arena_ptr.hpp.
#include <holdfast/base/memory/arena_ptr.hpp>

#include <string>

namespace holdfast::inline v0::memory {
namespace {

struct telling {
  std::string to;
  std::string happened;
  std::string_view cure;
  cause_record why;
};

telling telling_of(const void* object, std::uint64_t generation) {
  if (object == nullptr)
    return {"an object of an arena", "it never pointed anywhere", "test an arena_ptr before its first use", {}};
  const arena_end end = end_of(object, generation);
  std::string happened = text_of(end.why);
  if (!end.first) happened += ", and not for the first time since";
  return {"an object of arena " + std::to_string(end.arena), std::move(happened), cure_of(end.why.what()), end.why};
}

}  // namespace

arena_end end_of(const void* object, std::uint64_t generation) noexcept {
  const chunk_header* const chunk = header_of(object);
  // acquire: pairs with the release of the arena that counted it up; the cause is there.
  const std::uint64_t now = chunk->generation.load(std::memory_order_acquire);
  // relaxed: made visible by the acquire above.
  return {chunk->arena.load(std::memory_order_relaxed),
          cause_record::from_word(chunk->ended.load(std::memory_order_relaxed)), now == generation + 1};
}

std::string text_of_stale_arena(const void* object, std::uint64_t generation) {
  const telling all = telling_of(object, generation);
  return stale_text(all.to, all.happened, all.cure);
}

void raise_stale_arena(const void* object, std::uint64_t generation) {
  const telling all = telling_of(object, generation);
  raise_stale(all.to, all.why, all.happened, all.cure);
}

void report_stale_arena(const void* object, std::uint64_t generation) noexcept {
  const telling all = telling_of(object, generation);
  report_stale(all.to, all.happened, all.cure);
}

}  // namespace holdfast::inline v0::memory
