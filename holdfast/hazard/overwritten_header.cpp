// A field of a map's header, overwritten by a stray write.
#include <holdfast/hazard/catalogue.hpp>

#include <cstring>

#include <holdfast/base/observe/root.hpp>
#include <holdfast/hazard/copied_header.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace overwritten_header_programs {

constexpr std::uint64_t entries = 10'000;

int naive(situation& here) {
  copied_header m;
  const std::uint64_t first = here.random(1 << 20);
  for (std::uint64_t key = 0; key < entries; ++key) m.put(first + key, key);
  here.say("%llu entries, all found; B is %d", static_cast<unsigned long long>(m.count), m.B);
  m.B = 0;
  std::uint64_t found = 0;
  for (std::uint64_t key = 0; key < entries; ++key) found += m.contains(first + key) ? 1 : 0;
  here.say("B overwritten with 0: every hash now leads to bucket 0, and %llu are found", static_cast<unsigned long long>(found));
  return here.verdict(found == entries, found == entries ? "all are found" : "the entries are there, and the map denies them");
}

constexpr std::string_view naive_code = R"(  for (std::uint64_t key = 0; key < entries; ++key) m.put(first + key, key);
  m.B = 0;
  for (std::uint64_t key = 0; key < entries; ++key) found += m.contains(first + key) ? 1 : 0;
)";

using numbers = holdfast::map<std::uint64_t, std::uint64_t>;

// What a stray write does: eight bytes into the header, at the offset that holdfast_root publishes.
std::uint64_t overwrite(const numbers& m, std::size_t offset, std::uint64_t value) {
  auto* const field = reinterpret_cast<std::byte*>(const_cast<table::header*>(&m.header())) + offset;
  std::uint64_t before = 0;
  std::memcpy(&before, field, sizeof before);
  std::memcpy(field, &value, sizeof value);
  return before;
}

// True if audit names `invariant` for `value` written into the field. The field is put right again.
bool named_by_audit(situation& here, const numbers& m, std::string_view field, std::size_t offset, std::uint64_t value,
                    std::string_view invariant) {
  const std::uint64_t before = overwrite(m, offset, value);
  const auto fault = m.audit();
  overwrite(m, offset, before);
  if (fault) here.say("%.*s: %s: %s", static_cast<int>(field.size()), field.data(), fault->invariant, fault->text.c_str());
  return fault && fault->invariant == invariant;
}

int audited(situation& here) {
  constexpr auto& layout = observe::header_layout;
  numbers m;
  for (std::uint64_t key = 0; key < entries; ++key) m[here.random()] = key;
  m.finish_growth();
  bool right = !m.audit();
  right = named_by_audit(here, m, "now.mask = 0", layout.offset_of("now.mask"), 0, "hf.table.header") && right;
  right = named_by_audit(here, m, "count = 1", layout.offset_of("count"), 1, "hf.table.count") && right;
  right = named_by_audit(here, m, "front = 7", layout.offset_of("front"), 7, "hf.table.growth-in-order") && right;
  right = right && !m.audit();
  return here.verdict(right, right ? "each overwritten field was named, and the map is sound again" : "audit missed one");
}

constexpr std::string_view audited_code = R"(  right = named_by_audit(here, m, "now.mask = 0", layout.offset_of("now.mask"), 0, "hf.table.header") && right;
  const std::uint64_t before = overwrite(m, offset, value);
  const auto fault = m.audit();
)";

}  // namespace overwritten_header_programs

hazard overwritten_header() {
  using namespace overwritten_header_programs;
  return {
      .id = "overwritten-header",
      .story = "A stray write sets B to 0, and the map denies nearly everything it holds",
      .explanation =
          "B is the number of hash bits that choose the bucket. Once it is 0, every hash leads to bucket 0 and its eight slots; "
          "everything else is still in memory and can no longer be found. Nothing crashes, which is what makes it hard to find.\n"
          "The article does this to Go's header, expects the collector to free what it no longer sees, and gives offset 8. The "
          "offset is 9, and the collector frees nothing, as it does not go by B. That lookups fail is true.",
      .from = {"A3", "2.5", "K3.13, K4.11"},
      .in_go = {truth::partly, "lookups fail; but nothing is collected, and B lies at offset 9"},
      .in_cpp = {truth::yes, "any structure can be overwritten; the question is whether anything notices"},
      .naive = {"naive", "writes 0 into B of a map of ten thousand entries", naive, {.ending = ending::wrong_answer},
                naive_code},
      .cures = {{"audit", "audit() compares the header with the memory and the entries, and names what is broken", audited, {},
                 audited_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
