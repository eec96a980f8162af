// The one symbol from which a reader outside the program finds everything else.
//
// A debugger, a core dump reader or a live viewer looks up `holdfast_root`, checks the magic and the
// layout version, and walks the live set. It needs no headers of ours: every offset it must know
// stands in the object, by name. Any change of a number below is a new layout version.
//
// inv hf.observe.root-is-golden: the bytes of the root change only with layout_version.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <holdfast/base/observe/live_set.hpp>

namespace holdfast::inline v0::observe {

inline constexpr std::uint32_t layout_version = 1;

// Not constexpr and not defined: asking the layout for a name it lacks does not compile.
std::size_t no_such_field();

// Where a field lies and how wide it is.
struct layout_field {
  char name[20];  // ends with a zero
  std::uint16_t offset;
  std::uint16_t size;
};

template <std::size_t Count>
struct object_layout {
  std::uint32_t size;   // of the whole object
  std::uint32_t count;  // of the fields
  layout_field fields[Count];

  // Fails to compile for a name that is not there.
  [[nodiscard]] consteval std::size_t offset_of(std::string_view name) const {
    for (const layout_field& field : fields)
      if (name == field.name) return field.offset;
    return no_such_field();
  }
};

// The header of a table. holdfast/table/header.hpp asserts that it looks like this.
inline constexpr object_layout<22> header_layout = {
    208,
    22,
    {
        {"mark.word", 0, 8},
        {"mark.place", 8, 8},
        {"growth", 16, 4},
        {"slot_size", 20, 4},
        {"seed", 24, 8},
        {"now.tops", 40, 8},
        {"now.slots", 48, 8},
        {"now.mask", 56, 8},
        {"now.links", 64, 8},
        {"count", 72, 8},
        {"grow_at", 80, 8},
        {"old.tops", 88, 8},
        {"old.slots", 96, 8},
        {"old.mask", 104, 8},
        {"old.links", 112, 8},
        {"front", 120, 8},
        {"overflow", 128, 8},
        {"growths", 152, 8},
        {"same_size_growths", 160, 8},
        {"slots_per_bucket", 176, 4},
        {"paused", 180, 1},
        {"in_place", 181, 1},
    }};

inline constexpr object_layout<6> entry_layout = {
    sizeof(live_entry),
    6,
    {
        {"next", offsetof(live_entry, next), 8},
        {"name", offsetof(live_entry, name), 8},
        {"name_length", offsetof(live_entry, name_length), 8},
        {"id", offsetof(live_entry, id), 8},
        {"kind", offsetof(live_entry, kind), 4},
        {"header", offsetof(live_entry, header), 8},
    }};

struct root {
  char magic[8];  // "HOLDFAST", no zero
  std::uint32_t layout_version;
  std::uint32_t size;  // of this object
  const live_list* live;
  object_layout<6> entry;
  object_layout<22> header;
};

// What the root's `live` points at.
extern constinit live_list live_names;

}  // namespace holdfast::inline v0::observe

extern "C" const holdfast::observe::root holdfast_root;
