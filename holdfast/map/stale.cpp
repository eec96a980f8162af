// See stale.hpp.
#include <holdfast/map/stale.hpp>

#include <string>

#include <holdfast/base/lang/failure.hpp>

namespace holdfast::inline v0 {
namespace {

struct wording {
  const char* what;
  const char* cure;
};

wording words_for(stale_cause cause) noexcept {
  switch (cause) {
    case stale_cause::moved:
      return {"a new key was inserted, or the table was resized, after find or insert returned it; entries may have moved",
              "look the key up again, or walk from begin(): such an iterator stays valid, or use stable<> and keep pointers"};
    case stale_cause::erased:
      return {"the entry was erased, or the map was cleared", "go on with ++, or use the iterator that erase returns"};
    case stale_cause::destroyed:
      return {"the map was destroyed or assigned to", "let the map live longer than its iterators"};
    case stale_cause::at_end: break;
  }
  return {"it is the end of the map", "compare with end() first"};
}

}  // namespace

void report_stale_iterator(const table::header* head, stale_cause cause) noexcept {
  fatal_report report("fatal error: use of a stale map iterator");
  const wording words = words_for(cause);
  std::string lines;
  if (head != nullptr) {
    const map_identity map = table::identify(head);
    lines += "  map ";
    lines += map.name.empty() ? std::string("(not named)") : '"' + std::string(map.name) + '"';
    lines += " (" + std::to_string(map.entries) + " entries)\n";
  }
  lines += std::string("  why:  ") + words.what + "\n  cure: " + words.cure + "\n";
  report.finish(lines);
}

}  // namespace holdfast::inline v0
