// Boost's flat map, from 1.81 on.
#include "holdfast/tools/contestant.hpp"

#if HOLDFAST_HAVE_BOOST_FLAT

#include <boost/unordered/unordered_flat_map.hpp>

#include "holdfast/tools/peer_face.hpp"
#include "holdfast/tools/replay_loop.hpp"

namespace holdfast::inline v0::tools {
namespace {

// Looks strings up by string_view, with the hash Boost gives them; as with boost::hash of a string,
// the map need not mix its result again.
struct text_hash {
  using is_transparent = void;
  using is_avalanching = void;
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
    return boost::hash<std::string_view>{}(text);
  }
};

template <class Stored, class Hash, class Equal>
using face = peer_face<
    boost::unordered_flat_map<Stored, const void*, Hash, Equal, counted_pair<Stored>>, Stored>;

}  // namespace

void add_boost_map(std::vector<contestant>& all) {
  all.push_back(contestant_of<
                face<std::uint64_t, boost::hash<std::uint64_t>, std::equal_to<std::uint64_t>>,
                face<std::string, text_hash, std::equal_to<>>>(
      "boost-flat", "boost::unordered_flat_map of Boost"));
}

}  // namespace holdfast::inline v0::tools

#else

namespace holdfast::inline v0::tools {
void add_boost_map(std::vector<contestant>&) {}
}  // namespace holdfast::inline v0::tools

#endif
