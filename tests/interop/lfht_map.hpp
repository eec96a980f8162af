// liburcu's lock-free hash table with the words of a map from numbers to numbers: an oracle that was made by others,
// on another plan.
//
// Nodes are immutable: whoever changes a value puts another node in its place. A thread that uses the table is
// registered with liburcu for that long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include <urcu/urcu-memb.h>

#include <urcu/rculfhash.h>

namespace holdfast::tests {

class lfht_map {
 public:
  struct stored {
    std::uint64_t value;
    bool loaded;
  };
  // For as long as a thread uses the table.
  struct thread_scope {
    thread_scope() { urcu_memb_register_thread(); }
    ~thread_scope() { urcu_memb_unregister_thread(); }
    thread_scope(const thread_scope&) = delete;
    thread_scope& operator=(const thread_scope&) = delete;
  };

  lfht_map() : table_(cds_lfht_new_flavor(1, 1, 0, CDS_LFHT_AUTO_RESIZE, &urcu_memb_flavor, nullptr)) {}
  lfht_map(const lfht_map&) = delete;
  lfht_map& operator=(const lfht_map&) = delete;
  // By a registered thread.
  ~lfht_map() {
    for (const auto& [key, value] : contents()) load_and_erase(key);
    urcu_memb_barrier();
    cds_lfht_destroy(table_, nullptr);
  }

  [[nodiscard]] std::optional<std::uint64_t> load(std::uint64_t key) {
    const reading inside;
    const cds_lfht_node* const found = find(key);
    return found == nullptr ? std::nullopt : std::optional(node_of(found)->value);
  }
  std::optional<std::uint64_t> exchange(std::uint64_t key, std::uint64_t value) {
    auto fresh = std::make_unique<node>(key, value);
    const reading inside;
    return value_of(cds_lfht_add_replace(table_, hash_of(key), match, &key, &fresh.release()->links));
  }
  stored load_or_store(std::uint64_t key, std::uint64_t value) {
    auto fresh = std::make_unique<node>(key, value);
    const reading inside;
    const cds_lfht_node* const there = cds_lfht_add_unique(table_, hash_of(key), match, &key, &fresh->links);
    if (there == &fresh->links) return {fresh.release()->value, false};
    return {node_of(there)->value, true};
  }
  [[nodiscard]] bool compare_exchange(std::uint64_t key, std::uint64_t expected, std::uint64_t value) {
    auto fresh = std::make_unique<node>(key, value);
    const reading inside;
    while (true) {
      cds_lfht_iter at;
      cds_lfht_lookup(table_, hash_of(key), match, &key, &at);
      cds_lfht_node* const there = cds_lfht_iter_get_node(&at);
      if (there == nullptr || node_of(there)->value != expected) return false;
      if (cds_lfht_replace(table_, &at, hash_of(key), match, &key, &fresh->links) != 0) continue;
      (void)fresh.release();
      return value_of(there).has_value();
    }
  }
  std::optional<std::uint64_t> load_and_erase(std::uint64_t key) {
    const reading inside;
    cds_lfht_node* const there = find(key);
    return there != nullptr && cds_lfht_del(table_, there) == 0 ? value_of(there) : std::nullopt;
  }
  // While nobody writes.
  [[nodiscard]] std::map<std::uint64_t, std::uint64_t> contents() {
    std::map<std::uint64_t, std::uint64_t> all;
    const reading inside;
    cds_lfht_iter at;
    for (cds_lfht_first(table_, &at); cds_lfht_iter_get_node(&at) != nullptr; cds_lfht_next(table_, &at)) {
      const node* const one = node_of(cds_lfht_iter_get_node(&at));
      all[one->key] = one->value;
    }
    return all;
  }

 private:
  struct reading {
    reading() { urcu_memb_read_lock(); }
    ~reading() { urcu_memb_read_unlock(); }
    reading(const reading&) = delete;
    reading& operator=(const reading&) = delete;
  };
  struct node {
    cds_lfht_node links{};  // first: its address is the node's
    rcu_head later{};       // second: behind the links
    std::uint64_t key;
    std::uint64_t value;

    node(std::uint64_t k, std::uint64_t v) : key(k), value(v) {}
  };

  static const node* node_of(const cds_lfht_node* links) { return reinterpret_cast<const node*>(links); }
  static unsigned long hash_of(std::uint64_t key) {
    key = (key ^ (key >> 31)) * 0x9e3779b97f4a7c15u;
    return key ^ (key >> 29);
  }
  static int match(cds_lfht_node* links, const void* key) {
    return node_of(links)->key == *static_cast<const std::uint64_t*>(key) ? 1 : 0;
  }
  // Of a node that the caller took out of the table; it is freed when nobody can be reading it.
  static std::optional<std::uint64_t> value_of(cds_lfht_node* gone) {
    if (gone == nullptr) return std::nullopt;
    auto* const whole = reinterpret_cast<node*>(gone);
    const std::uint64_t value = whole->value;
    urcu_memb_call_rcu(&whole->later, [](rcu_head* head) {
      delete reinterpret_cast<node*>(reinterpret_cast<char*>(head) - sizeof(cds_lfht_node));
    });
    return value;
  }
  cds_lfht_node* find(std::uint64_t key) {
    cds_lfht_iter at;
    cds_lfht_lookup(table_, hash_of(key), match, &key, &at);
    return cds_lfht_iter_get_node(&at);
  }

  cds_lfht* table_;
};

}  // namespace holdfast::tests
