// Abseil's flat and node maps.
#include "holdfast/tools/contestant.hpp"

#if HOLDFAST_HAVE_ABSL

#include <absl/container/flat_hash_map.h>
#include <absl/container/node_hash_map.h>
#include <absl/hash/hash.h>
#include <absl/strings/string_view.h>

#include "holdfast/tools/peer_face.hpp"
#include "holdfast/tools/replay_loop.hpp"

namespace holdfast::inline v0::tools {
namespace {

// Looks strings up by std::string_view, which need not be absl's, with the hash absl gives them.
struct text_hash {
  using is_transparent = void;
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
    return absl::Hash<absl::string_view>{}(absl::string_view(text.data(), text.size()));
  }
};

template <class Stored, class Hash, class Equal>
using flat_face =
    peer_face<absl::flat_hash_map<Stored, const void*, Hash, Equal, counted_pair<Stored>>, Stored>;

template <class Stored, class Hash, class Equal>
using node_face =
    peer_face<absl::node_hash_map<Stored, const void*, Hash, Equal, counted_pair<Stored>>, Stored>;

template <template <class, class, class> class Face>
[[nodiscard]] contestant absl_contestant(std::string_view name, std::string_view story) {
  return contestant_of<
      Face<std::uint64_t, absl::Hash<std::uint64_t>, std::equal_to<std::uint64_t>>,
      Face<std::string, text_hash, std::equal_to<>>>(name, story);
}

}  // namespace

void add_absl_maps(std::vector<contestant>& all) {
  all.push_back(absl_contestant<flat_face>("absl-flat", "absl::flat_hash_map of Abseil"));
  all.push_back(absl_contestant<node_face>(
      "absl-node", "absl::node_hash_map of Abseil: entries never move"));
}

}  // namespace holdfast::inline v0::tools

#else

namespace holdfast::inline v0::tools {
void add_absl_maps(std::vector<contestant>&) {}
}  // namespace holdfast::inline v0::tools

#endif
