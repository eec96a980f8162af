// Who takes part in the questions about many threads: one source of bench/scale/peers for each peer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <bench/scale/subject.hpp>

namespace holdfast::bench {

template <class Family>
using roster = std::vector<std::unique_ptr<subject<Family>>>;

// Each adds what its library offers, for either family. Defined where the library was found.
void add_holdfast(roster<u64_to_pointer>& to);
void add_holdfast(roster<string_to_pointer>& to);
void add_locked(roster<u64_to_pointer>& to);
void add_locked(roster<string_to_pointer>& to);
void add_tbb(roster<u64_to_pointer>& to);
void add_tbb(roster<string_to_pointer>& to);
void add_cuckoo(roster<u64_to_pointer>& to);
void add_cuckoo(roster<string_to_pointer>& to);
void add_xenium(roster<u64_to_pointer>& to);
void add_xenium(roster<string_to_pointer>& to);
void add_cds(roster<u64_to_pointer>& to);
void add_cds(roster<string_to_pointer>& to);
void add_urcu(roster<u64_to_pointer>& to);
void add_urcu(roster<string_to_pointer>& to);

template <class Family>
[[nodiscard]] roster<Family> all_subjects() {
  roster<Family> all;
  add_holdfast(all);
#if defined(HOLDFAST_HAVE_TBB) && HOLDFAST_HAVE_TBB
  add_tbb(all);
#endif
#if defined(HOLDFAST_HAVE_CUCKOO) && HOLDFAST_HAVE_CUCKOO
  add_cuckoo(all);
#endif
#if defined(HOLDFAST_HAVE_XENIUM) && HOLDFAST_HAVE_XENIUM
  add_xenium(all);
#endif
#if defined(HOLDFAST_HAVE_CDS) && HOLDFAST_HAVE_CDS
  add_cds(all);
#endif
#if defined(HOLDFAST_HAVE_URCU) && HOLDFAST_HAVE_URCU
  add_urcu(all);
#endif
  add_locked(all);
  return all;
}

// What an adapter of a map needs that asks nothing of its threads.
struct no_scope {
  // Not trivial, so that a scope is never an unused variable.
  no_scope() {}
};

}  // namespace holdfast::bench
