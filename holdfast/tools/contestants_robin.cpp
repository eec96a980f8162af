// tsl::robin_map, robin-hood hashing in one flat array.
#include "holdfast/tools/contestant.hpp"

#if HOLDFAST_HAVE_ROBIN

#include <tsl/robin_map.h>

#include "holdfast/tools/peer_face.hpp"
#include "holdfast/tools/replay_loop.hpp"

namespace holdfast::inline v0::tools {
namespace {

template <class Stored>
using counted = counting_allocator<std::pair<Stored, const void*>>;

template <class Stored, class Hash, class Equal>
using face = peer_face<tsl::robin_map<Stored, const void*, Hash, Equal, counted<Stored>>, Stored>;

}  // namespace

void add_robin_map(std::vector<contestant>& all) {
  all.push_back(contestant_of<
                face<std::uint64_t, std::hash<std::uint64_t>, std::equal_to<std::uint64_t>>,
                face<std::string, std_text_hash, std::equal_to<>>>(
      "robin", "tsl::robin_map"));
}

}  // namespace holdfast::inline v0::tools

#else

namespace holdfast::inline v0::tools {
void add_robin_map(std::vector<contestant>&) {}
}  // namespace holdfast::inline v0::tools

#endif
