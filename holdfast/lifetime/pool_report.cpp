// See pool_report.hpp.
#include <holdfast/lifetime/pool_report.hpp>

#include <holdfast/base/observe/stale_reference.hpp>

namespace holdfast::inline v0::lifetime {
namespace {

struct wording {
  std::string what;
  std::string_view cure;
};

wording words_for(handle_state state, cause_record why) {
  switch (state) {
    case handle_state::null: return {"the handle is null", "test a handle before it is used, or use get()"};
    case handle_state::foreign:
      return {"the handle is of another pool", "ask the pool that made it; keep pools of one type apart by name"};
    default: return {text_of(why), cure_of(why.what())};
  }
}

std::string pool_text(std::string_view pool) {
  return pool.empty() ? std::string("a pool (not named)") : "pool \"" + std::string(pool) + '"';
}

}  // namespace

std::string text_of_handle(std::string_view pool, handle_state state, cause_record why) {
  const wording words = words_for(state, why);
  return stale_text(pool_text(pool), words.what, words.cure);
}

void raise_bad_handle(std::string_view pool, handle_state state, cause_record why) {
  const wording words = words_for(state, why);
  raise_stale(pool_text(pool), why, words.what, words.cure);
}

void report_bad_handle(std::string_view pool, handle_state state, cause_record why) noexcept {
  const wording words = words_for(state, why);
  report_stale(pool_text(pool), words.what, words.cure);
}

}  // namespace holdfast::inline v0::lifetime
