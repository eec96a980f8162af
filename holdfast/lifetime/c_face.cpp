// See holdfast.h.
#include <holdfast/lifetime/holdfast.h>

#include <memory>
#include <new>
#include <utility>

#include <holdfast/lifetime/resource_registry.hpp>

namespace {

using namespace holdfast;

using held_pin = reclaim::pin<std::byte>;
static_assert(sizeof(held_pin) == sizeof(holdfast_use::held));

constexpr bool is_same(resource_error ours, holdfast_error theirs) noexcept {
  return static_cast<int>(ours) == static_cast<int>(theirs);
}
static_assert(is_same(resource_error::none, holdfast_ok) && is_same(resource_error::invalid, holdfast_invalid) &&
              is_same(resource_error::stale, holdfast_stale) && is_same(resource_error::foreign, holdfast_foreign) &&
              is_same(resource_error::closing, holdfast_closing) && is_same(resource_error::freed, holdfast_freed) &&
              is_same(resource_error::too_many, holdfast_too_many) &&
              is_same(resource_error::no_memory, holdfast_no_memory));
static_assert(static_cast<int>(when_freed::heal) == static_cast<int>(holdfast_heal_freed));

holdfast_error told(resource_error error) noexcept { return static_cast<holdfast_error>(error); }

const char* or_empty(const char* text) noexcept { return text == nullptr ? "" : text; }

held_pin* pin_in(holdfast_use& use) noexcept { return std::launder(reinterpret_cast<held_pin*>(use.held)); }

}  // namespace

extern "C" {

const char* holdfast_strerror(holdfast_error error) noexcept { return text_of(static_cast<resource_error>(error)); }

holdfast_error holdfast_adopt_as(void* pointer, const holdfast_adoption* how, holdfast_handle* handle) noexcept {
  adoption ours;
  ours.size = how->size;
  ours.free = how->free;
  ours.context = how->context;
  ours.name = or_empty(how->name);
  ours.tag = how->tag;
  ours.cookie = how->cookie;
  ours.watched = how->unwatched == 0;
  ours.fork_safe = how->fork_safe != 0;
  const resource_site site{how->file == nullptr ? "(C)" : how->file, or_empty(how->function), how->line};
  const resource_registry::detached made = default_registry().adopt_detached(pointer, ours, site);
  *handle = made.handle.bits();
  return told(made.error);
}

holdfast_error holdfast_share(holdfast_handle handle) noexcept {
  return told(default_registry().share_detached(resource_handle::from_bits(handle)));
}

holdfast_error holdfast_release(holdfast_handle handle) noexcept {
  return told(default_registry().release(resource_handle::from_bits(handle)));
}

holdfast_error holdfast_close(holdfast_handle handle) noexcept {
  return told(default_registry().close(resource_handle::from_bits(handle)));
}

holdfast_error holdfast_fault(holdfast_handle handle) noexcept {
  return told(default_registry().fault(resource_handle::from_bits(handle)));
}

holdfast_error holdfast_begin(holdfast_handle handle, holdfast_use* use) noexcept {
  const auto asked = resource_handle::from_bits(handle);
  held_pin held = default_registry().pin(asked);
  use->pointer = held.get();
  use->size = held ? lifetime::the_resource_slots.it.notes_of(asked.index()).size : 0;
  const bool found = static_cast<bool>(held);
  std::construct_at(reinterpret_cast<held_pin*>(use->held), std::move(held));
  if (found) return holdfast_ok;
  const resource_error why = default_registry().fault(asked);
  // It may have become good meanwhile only if it never was a handle.
  return why == resource_error::none ? holdfast_invalid : told(why);
}

void holdfast_end(holdfast_use* use) noexcept {
  pin_in(*use)->reset();
  use->pointer = nullptr;
}

int holdfast_note_freed(void* pointer) noexcept { return default_registry().note_freed(pointer) ? 1 : 0; }

void holdfast_react(holdfast_when_freed how) noexcept { default_registry().react(static_cast<when_freed>(how)); }

size_t holdfast_drain() noexcept { return default_registry().drain(); }

size_t holdfast_live() noexcept { return default_registry().size(); }

size_t holdfast_report_leaks() noexcept { return default_registry().report_leaks(); }
}
