// The address of an object that has gone, used as the key of what belonged to it.
#include <holdfast/hazard/catalogue.hpp>

#include <cstdlib>
#include <unordered_map>

#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace reused_address_as_key_programs {

constexpr int resources = 10'000;

int naive(situation& here) {
  std::unordered_map<const void*, int> owner;
  for (int i = 0; i < resources; ++i) {
    void* const buffer = hidden(std::malloc(32));
    owner[buffer] = i;
    std::free(buffer);
  }
  here.say("%d buffers were allocated, entered and freed; the map has %zu entries", resources, owner.size());
  const bool all = owner.size() == resources;
  return here.verdict(all, all ? "each buffer has its entry" : "a new buffer is taken for an old one at the same address");
}

constexpr std::string_view naive_code = R"(  for (int i = 0; i < resources; ++i) {
    void* const buffer = hidden(std::malloc(32));
    owner[buffer] = i;
    std::free(buffer);
  }
)";

// What stands for a resource: a number that is given out once.
class handle_source {
 public:
  [[nodiscard]] std::uint64_t next() noexcept { return ++last_; }

 private:
  std::uint64_t last_ = 0;
};

int numbered(situation& here) {
  holdfast::map<std::uint64_t, int> owner;
  handle_source handles;
  const void* first_buffer = nullptr;
  int same_address = 0;
  for (int i = 0; i < resources; ++i) {
    void* const buffer = hidden(std::malloc(32));
    if (i == 0) first_buffer = buffer;
    same_address += buffer == first_buffer ? 1 : 0;
    owner[handles.next()] = i;
    std::free(buffer);
  }
  const std::uint64_t newest = handles.next() - 1;
  here.say("%d of %d buffers had the first one's address; the map has %zu entries", same_address, resources, owner.size());
  const bool right = owner.size() == resources && newest == resources && owner.at(newest) == resources - 1;
  return here.verdict(right, right ? "each buffer has its entry, whatever its address was" : "handles were reused");
}

constexpr std::string_view numbered_code = R"(    void* const buffer = hidden(std::malloc(32));
    owner[handles.next()] = i;
    std::free(buffer);
)";

int erase_before_free(situation& here) {
  holdfast::map<const void*, int> owner;
  int met_a_stranger = 0;
  for (int i = 0; i < resources; ++i) {
    void* const buffer = hidden(std::malloc(32));
    met_a_stranger += owner.try_emplace(buffer, i).second ? 0 : 1;
    owner.erase(static_cast<const void*>(buffer));
    std::free(buffer);
  }
  const bool right = met_a_stranger == 0 && owner.empty();
  here.say("%d buffers found an entry of somebody else", met_a_stranger);
  return here.verdict(right, right ? "an address is a good key for as long as it is erased before it is freed" : "stale entries");
}

constexpr std::string_view erase_before_free_code = R"(    met_a_stranger += owner.try_emplace(buffer, i).second ? 0 : 1;
    owner.erase(static_cast<const void*>(buffer));
    std::free(buffer);
)";

}  // namespace reused_address_as_key_programs

hazard reused_address_as_key() {
  using namespace reused_address_as_key_programs;
  return {
      .id = "reused-address-as-key",
      .story = "A freed address comes back, and a new object inherits the old one's entry",
      .explanation =
          "An address identifies an object as long as the object lives, and not a moment longer: malloc hands out what was freed "
          "last. Ten thousand buffers, each entered under its address and then freed, leave one entry. Whoever looks a later "
          "buffer up finds what belonged to an earlier one.\n"
          "The article fears that freed C pointers as keys crash lookups and the collector. They do not: keys are compared as "
          "numbers. This is the true danger.",
      .from = {"A2", "intro, 4.2", "K2.1, K2.16"},
      .in_go = {truth::partly, "no crash, as keys are only compared; but addresses of C memory do come back"},
      .in_cpp = {truth::yes, "glibc gave the same address ten thousand times"},
      .naive = {"naive", "malloc, m[address] = i, free, ten thousand times", naive, {.ending = ending::wrong_answer},
                naive_code},
      .cures = {{"numbered", "the key is a number that is given out once", numbered, {}, numbered_code},
                {"erase-before-free", "the entry goes before the memory does", erase_before_free, {},
                 erase_before_free_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
