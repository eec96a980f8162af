// Which keys of a map share one object, as a value, as text and as JSON.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace holdfast::inline v0 {

// One object under more than one key.
template <class Key>
struct alias_group {
  const void* object = nullptr;
  std::size_t bytes = 0;  // 0: not known
  long holders = 0;       // by its count; 0 where it has none. More than keys: others hold it too
  std::vector<Key> keys;  // ascending where they have an order
};

// An object that begins inside the object of another key: a member, an element, a part of a text.
template <class Key>
struct inside_alias {
  const void* object = nullptr;
  std::size_t bytes = 0;
  std::vector<Key> keys;
  const void* outer = nullptr;  // the latest one that it begins in
  std::size_t outer_bytes = 0;
  std::vector<Key> outer_keys;

  [[nodiscard]] std::size_t offset() const noexcept {
    return static_cast<std::size_t>(static_cast<const char*>(object) - static_cast<const char*>(outer));
  }
};

template <class Key>
struct alias_report {
  std::size_t entries = 0;         // looked at
  std::size_t without_object = 0;  // of those: null, or empty
  std::vector<alias_group<Key>> groups;   // by address
  std::vector<inside_alias<Key>> inside;  // by address

  [[nodiscard]] bool found_none() const noexcept { return groups.empty() && inside.empty(); }
};

// How a key is called in a text.
struct alias_key_name {
  template <class Key>
  [[nodiscard]] std::string operator()(const Key& key) const {
    if constexpr (std::convertible_to<const Key&, std::string_view>) {
      return std::string(std::string_view(key));
    } else if constexpr (std::is_enum_v<Key>) {
      return std::to_string(static_cast<std::underlying_type_t<Key>>(key));
    } else if constexpr (std::is_arithmetic_v<Key>) {
      char text[64];
      return std::string(text, std::to_chars(text, text + sizeof text, +key).ptr);
    } else {
      static_assert(std::is_pointer_v<Key>,
                    "holdfast: this key has no name that could be written; give a function that makes one: "
                    "alias_text(report, [](const key& k) { return k.name; })");
      char text[32] = "0x";
      const auto address = reinterpret_cast<std::uintptr_t>(key);
      return std::string(text, std::to_chars(text + 2, text + sizeof text, address, 16).ptr);
    }
  }
};

// The same report with the keys' names for keys.
template <class Key, class Name = alias_key_name>
[[nodiscard]] alias_report<std::string> with_names(const alias_report<Key>& report, Name name = {}) {
  const auto names_of = [&](const std::vector<Key>& keys) {
    std::vector<std::string> names;
    names.reserve(keys.size());
    for (const Key& key : keys) names.push_back(std::invoke(name, key));
    return names;
  };
  alias_report<std::string> named{report.entries, report.without_object, {}, {}};
  for (const auto& one : report.groups) {
    named.groups.push_back({one.object, one.bytes, one.holders, names_of(one.keys)});
  }
  for (const auto& one : report.inside) {
    named.inside.push_back(
        {one.object, one.bytes, names_of(one.keys), one.outer, one.outer_bytes, names_of(one.outer_keys)});
  }
  return named;
}

namespace lifetime {
[[nodiscard]] std::string alias_text(const alias_report<std::string>& report);
[[nodiscard]] std::string alias_json(const alias_report<std::string>& report);
}  // namespace lifetime

// For people: one line of sums, then an object each; of many keys the first sixteen.
template <class Key, class Name = alias_key_name>
[[nodiscard]] std::string alias_text(const alias_report<Key>& report, Name name = {}) {
  return lifetime::alias_text(with_names(report, name));
}

// One line of JSON, format "holdfast-alias-audit-1"; keys are their names, as strings.
template <class Key, class Name = alias_key_name>
[[nodiscard]] std::string alias_json(const alias_report<Key>& report, Name name = {}) {
  return lifetime::alias_json(with_names(report, name));
}

}  // namespace holdfast::inline v0
