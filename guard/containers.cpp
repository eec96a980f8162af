// The functions of libstdc++ that change a container, as its templates call them. See containers.hpp.
#include "guard/containers.hpp"

#include <atomic>
#include <cstddef>

#include <sys/single_threaded.h>

#include <holdfast/base/lang/config.hpp>

#include "guard/container_marks.hpp"
#include "guard/real.hpp"
#include "guard/thread.hpp"

namespace holdfast::guard {

// What _M_need_rehash returns: std::pair<bool, size_t>, in two registers.
struct rehash_answer {
  bool is_needed;
  std::size_t buckets;
};

namespace {

// relaxed: pairs with nothing; it is set before there is a second thread.
constinit std::atomic<bool> marking{false};

constexpr char trees[] = "a std::map, set, multimap or multiset";
constexpr char hash_tables[] = "a std::unordered_map, set, multimap or multiset";

// What lies before the header in libstdc++'s layout, without a stateful comparison, hash or allocator.
constexpr std::size_t before_tree_header = 8;
constexpr std::size_t before_rehash_policy = 32;

constinit const container_change::what inserting{trees, "inserted into", before_tree_header};
constinit const container_change::what erasing{trees, "erased from", before_tree_header};
constinit const container_change::what growing{hash_tables, "inserted into", before_rehash_policy};

bool is_marked() noexcept { return !__libc_single_threaded && marking.load(std::memory_order_relaxed); }

template <class Signature>
struct behind;

// The function that ours stands before, looked up at the first call.
template <class Result, class... Arguments>
struct behind<Result(Arguments...)> {
  const char* name;
  // relaxed: pairs with nothing; what it leads to is code.
  std::atomic<Result (*)(Arguments...)> target{nullptr};

  HOLDFAST_COLD void find(const void* caller) noexcept {
    const own_work looking;
    target.store(reinterpret_cast<Result (*)(Arguments...)>(find_behind(name, caller)), std::memory_order_relaxed);
  }

  Result call(const void* caller, Arguments... arguments) noexcept {
    if (target.load(std::memory_order_relaxed) == nullptr) [[unlikely]]
      find(caller);
    return target.load(std::memory_order_relaxed)(arguments...);
  }
};

constinit behind<void(bool, void*, void*, void*)> insert_behind{
    "_ZSt29_Rb_tree_insert_and_rebalancebPSt18_Rb_tree_node_baseS0_RS_"};
constinit behind<void*(void*, void*)> erase_behind{"_ZSt28_Rb_tree_rebalance_for_erasePSt18_Rb_tree_node_baseRS_"};
constinit behind<rehash_answer(const void*, std::size_t, std::size_t, std::size_t)> need_rehash_behind{
    "_ZNKSt8__detail20_Prime_rehash_policy14_M_need_rehashEmmm"};

}  // namespace

void prepare_containers(const options& wanted) noexcept {
  prepare_marks(wanted);
  marking.store(wanted.containers != answer::off, std::memory_order_relaxed);
}

// std::_Rb_tree_insert_and_rebalance
HOLDFAST_EXPORTED void tree_insert(bool left, void* node, void* parent, void* header) noexcept
    __asm__("_ZSt29_Rb_tree_insert_and_rebalancebPSt18_Rb_tree_node_baseS0_RS_");
void tree_insert(bool left, void* node, void* parent, void* header) noexcept {
  const void* const caller = __builtin_return_address(0);
  if (!is_marked()) return insert_behind.call(caller, left, node, parent, header);
  const container_change change(header, inserting, caller);
  insert_behind.call(caller, left, node, parent, header);
}

// std::_Rb_tree_rebalance_for_erase
HOLDFAST_EXPORTED void* tree_erase(void* node, void* header) noexcept
    __asm__("_ZSt28_Rb_tree_rebalance_for_erasePSt18_Rb_tree_node_baseRS_");
void* tree_erase(void* node, void* header) noexcept {
  const void* const caller = __builtin_return_address(0);
  if (!is_marked()) return erase_behind.call(caller, node, header);
  const container_change change(header, erasing, caller);
  return erase_behind.call(caller, node, header);
}

// std::__detail::_Prime_rehash_policy::_M_need_rehash, which each insert of a new key asks
HOLDFAST_EXPORTED rehash_answer need_rehash(const void* policy, std::size_t buckets, std::size_t entries,
                                            std::size_t more) noexcept
    __asm__("_ZNKSt8__detail20_Prime_rehash_policy14_M_need_rehashEmmm");
rehash_answer need_rehash(const void* policy, std::size_t buckets, std::size_t entries, std::size_t more) noexcept {
  const void* const caller = __builtin_return_address(0);
  if (!is_marked()) return need_rehash_behind.call(caller, policy, buckets, entries, more);
  const container_change change(policy, growing, caller);
  return need_rehash_behind.call(caller, policy, buckets, entries, more);
}

}  // namespace holdfast::guard
