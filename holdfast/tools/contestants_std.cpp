// std::unordered_map, the yardstick.
#include <unordered_map>

#include "holdfast/tools/peer_face.hpp"
#include "holdfast/tools/replay_loop.hpp"

namespace holdfast::inline v0::tools {
namespace {

template <class Stored, class Hash, class Equal>
using face = peer_face<std::unordered_map<Stored, const void*, Hash, Equal, counted_pair<Stored>>,
                       Stored>;

}  // namespace

void add_std_map(std::vector<contestant>& all) {
  all.push_back(contestant_of<
                face<std::uint64_t, std::hash<std::uint64_t>, std::equal_to<std::uint64_t>>,
                face<std::string, std_text_hash, std::equal_to<>>>(
      "std", "std::unordered_map of the standard library; the yardstick"));
}

}  // namespace holdfast::inline v0::tools
