// A map's header copied by value: two maps that believe to be one.
#include <holdfast/hazard/catalogue.hpp>

#include <holdfast/hazard/copied_header.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace copied_handle_diverges_programs {

constexpr std::uint64_t first_keys = 6;
constexpr std::uint64_t all_keys = 100;

int naive(situation& here) {
  copied_header original;
  const std::uint64_t first = here.random(1 << 20);
  for (std::uint64_t key = 0; key < first_keys; ++key) original.put(first + key, key);
  copied_header copy = original;
  for (std::uint64_t key = first_keys; key < all_keys; ++key) copy.put(first + key, key);
  std::uint64_t missing = 0;
  for (std::uint64_t key = 0; key < all_keys; ++key) missing += original.contains(first + key) ? 0 : 1;
  here.say("the copy grew: its buckets are at %p, the original's at %p", static_cast<void*>(copy.buckets->data()),
           static_cast<void*>(original.buckets->data()));
  here.say("the copy counts %llu entries, the original %llu and misses %llu",
           static_cast<unsigned long long>(copy.count), static_cast<unsigned long long>(original.count),
           static_cast<unsigned long long>(missing));
  const bool one_map = missing == 0 && copy.count == original.count;
  return here.verdict(one_map, one_map ? "still one map" : "one map has become two, and neither knows");
}

constexpr std::string_view naive_code = R"(  copied_header copy = original;
  for (std::uint64_t key = first_keys; key < all_keys; ++key) copy.put(first + key, key);
  for (std::uint64_t key = 0; key < all_keys; ++key) missing += original.contains(first + key) ? 0 : 1;
)";

int shared_handle(situation& here) {
  auto original = go::make_map<std::uint64_t, std::uint64_t>();
  const std::uint64_t first = here.random(1 << 20);
  for (std::uint64_t key = 0; key < first_keys; ++key) original.set(first + key, key);
  auto copy = original;
  for (std::uint64_t key = first_keys; key < all_keys; ++key) copy.set(first + key, key);
  bool right = original.len() == all_keys && copy.len() == all_keys && !original.audit();
  for (std::uint64_t key = 0; key < all_keys; ++key) right = right && original.lookup(first + key).ok;
  const auto a = original.addresses();
  const auto b = copy.addresses();
  here.say("variables at %p and %p, one header at %p, one array at %p", a.variable, b.variable, a.header, a.buckets);
  right = right && a.variable != b.variable && a.header == b.header && a.buckets == b.buckets;
  return here.verdict(right, right ? "growth through the copy is seen by the original" : "the handles have parted");
}

constexpr std::string_view shared_handle_code = R"(  auto original = go::make_map<std::uint64_t, std::uint64_t>();
  auto copy = original;
  for (std::uint64_t key = first_keys; key < all_keys; ++key) copy.set(first + key, key);
)";

int whole_copy(situation& here) {
  holdfast::map<std::uint64_t, std::uint64_t> original;
  const std::uint64_t first = here.random(1 << 20);
  for (std::uint64_t key = 0; key < first_keys; ++key) original[first + key] = key;
  auto copy = original;
  for (std::uint64_t key = 0; key < all_keys; ++key) copy[first + key] = key + 1;
  bool right = original.size() == first_keys && copy.size() == all_keys && !original.audit() && !copy.audit();
  for (const auto& [key, value] : original) right = right && value == key - first;
  here.say("the copy has %zu entries, the original its %zu, untouched", copy.size(), original.size());
  return here.verdict(right, right ? "a copy is a map of its own from the start" : "copy and original share something");
}

constexpr std::string_view whole_copy_code = R"(  holdfast::map<std::uint64_t, std::uint64_t> original;
  auto copy = original;
  for (std::uint64_t key = 0; key < all_keys; ++key) copy[first + key] = key + 1;
)";

}  // namespace copied_handle_diverges_programs

hazard copied_handle_diverges() {
  using namespace copied_handle_diverges_programs;
  return {
      .id = "copied-handle-diverges",
      .story = "A copied map header shares the buckets until one side grows, then they fork",
      .explanation =
          "The article pictures a Go map variable as three fields, pointer, count and B, and lets an assignment copy them. Were "
          "it so, the copy would write into the shared buckets without the original's count knowing, and the first growth "
          "would give the copy buckets of its own: one map has become two.\n"
          "In Go none of this happens, because a map variable is one pointer to one header. It does happen to every C++ type "
          "with a pointer inside that is copied member by member.",
      .from = {"A4", "2.2, 2.3", "K4.5, K4.6"},
      .in_go = {truth::no, "copies of a map variable share one header; both see any growth"},
      .in_cpp = {truth::by_design, "true of a header with pointers that is copied member by member"},
      .naive = {"naive", "copies a {count, B, buckets} header and inserts through the copy", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"shared-handle", "go::map is one word: copying it shares everything", shared_handle, {}, shared_handle_code},
                {"whole-copy", "holdfast::map is a value: copying it shares nothing", whole_copy, {}, whole_copy_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
