// How many threads reach a map of another library: by the words of ours that a replay needs.
//
// A peer takes keys as it keeps them: text lies in a string of the thread's, filled again for each operation. Its
// memory is what malloc has handed out since it was made, so that nobody counts while threads play.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "holdfast/tools/crowd_map.hpp"
#include "holdfast/tools/crowd_play.hpp"
#include "holdfast/tools/machine.hpp"

namespace holdfast::inline v0::tools {

// The key as the map keeps it, until this thread's next call.
template <class Stored, class Key>
[[nodiscard]] const Stored& as_stored(const Key& key) {
  if constexpr (std::is_same_v<Stored, Key>) {
    return key;
  } else {
    thread_local Stored kept;
    return kept.assign(key);
  }
}

// What a peer is asked in the end. Nobody can look inside it for faults.
class crowd_peer {
  struct figures {
    std::uint64_t bytes;
  };
  struct no_fault {
    const char* invariant;
  };

 public:
  [[nodiscard]] figures stats() const {
    const std::uint64_t now = malloced_bytes();
    return {now > before_ ? now - before_ : 0};
  }
  [[nodiscard]] std::optional<no_fault> audit() const { return std::nullopt; }

 private:
  std::uint64_t before_ = malloced_bytes();
};

}  // namespace holdfast::inline v0::tools
