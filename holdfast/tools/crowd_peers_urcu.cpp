// liburcu's lfht, the membarrier flavour: a value is read inside a read-side critical section.
#include "holdfast/tools/crowd_peer.hpp"

#if HOLDFAST_HAVE_URCU

#include <urcu/urcu-memb.h>

#include <urcu/rculfhash.h>

#include <functional>
#include <memory>

#include <holdfast/base/hash/mix.hpp>

namespace holdfast::inline v0::tools {
namespace {

class registered {
 public:
  registered() {
    if (depth++ == 0) urcu_memb_register_thread();
  }
  ~registered() {
    if (--depth == 0) urcu_memb_unregister_thread();
  }
  registered(const registered&) = delete;
  registered& operator=(const registered&) = delete;

 private:
  static thread_local int depth;
};
thread_local int registered::depth = 0;

class reading {
 public:
  reading() { urcu_memb_read_lock(); }
  ~reading() { urcu_memb_read_unlock(); }
  reading(const reading&) = delete;
  reading& operator=(const reading&) = delete;
};

// First the links, then what call_rcu wants: an entry has the address of both.
struct entry_base {
  cds_lfht_node links{};
  rcu_head later{};
};

template <class Stored>
struct entry : entry_base {
  entry(const Stored& of, const void* what) : key(of), value(what) {}
  Stored key;
  const void* value;

  static entry* of_links(cds_lfht_node* links) {
    // The links are the first member of the base, which is the first part of the entry.
    return static_cast<entry*>(reinterpret_cast<entry_base*>(links));
  }
};

template <class Stored>
class urcu_peer : public crowd_peer {
  using node = entry<Stored>;

 public:
  using thread_scope = registered;

  urcu_peer()
      : table_(cds_lfht_new_flavor(64, 64, 0, CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING, &urcu_memb_flavor, nullptr)) {
  }
  urcu_peer(const urcu_peer&) = delete;
  urcu_peer& operator=(const urcu_peer&) = delete;
  ~urcu_peer() {
    {
      const reading inside;
      for_each_node([&](cds_lfht_node* at) {
        if (cds_lfht_del(table_, at) == 0) free_later(at);
      });
    }
    urcu_memb_barrier();
    cds_lfht_destroy(table_, nullptr);
  }

  template <class Key, class F>
  void visit(const Key& key, F&& f) {
    const Stored& wanted = as_stored<Stored>(key);
    const reading inside;
    if (cds_lfht_node* const found = find(wanted)) f(node::of_links(found)->value);
  }
  template <class Key>
  void store(const Key& key, const void* value) {
    auto fresh = std::make_unique<node>(as_stored<Stored>(key), value);
    const reading inside;
    node* const one = fresh.release();
    if (cds_lfht_node* const old = cds_lfht_add_replace(table_, hash_of(one->key), match, &one->key, &one->links)) {
      free_later(old);
    }
  }
  template <class Key>
  [[nodiscard]] bool erase(const Key& key) {
    const Stored& wanted = as_stored<Stored>(key);
    const reading inside;
    cds_lfht_node* const found = find(wanted);
    if (found == nullptr || cds_lfht_del(table_, found) != 0) return false;
    free_later(found);
    return true;
  }
  [[nodiscard]] std::size_t size() {
    const reading inside;
    std::size_t count = 0;
    for_each_node([&](cds_lfht_node*) { ++count; });
    return count;
  }

 private:
  static unsigned long hash_of(const Stored& key) { return mix_word(std::hash<Stored>()(key), 1); }
  static int match(cds_lfht_node* links, const void* wanted) {
    return node::of_links(links)->key == *static_cast<const Stored*>(wanted) ? 1 : 0;
  }
  static void free_later(cds_lfht_node* links) {
    urcu_memb_call_rcu(&node::of_links(links)->later, [](rcu_head* head) {
      delete static_cast<node*>(
          reinterpret_cast<entry_base*>(reinterpret_cast<char*>(head) - offsetof(entry_base, later)));
    });
  }
  [[nodiscard]] cds_lfht_node* find(const Stored& wanted) {
    cds_lfht_iter at;
    cds_lfht_lookup(table_, hash_of(wanted), match, &wanted, &at);
    return cds_lfht_iter_get_node(&at);
  }
  // Inside a read-side critical section.
  template <class F>
  void for_each_node(F&& f) {
    cds_lfht_iter at;
    for (cds_lfht_first(table_, &at); cds_lfht_iter_get_node(&at) != nullptr; cds_lfht_next(table_, &at)) {
      f(cds_lfht_iter_get_node(&at));
    }
  }

  cds_lfht* table_;
};

}  // namespace

void add_urcu_map(std::vector<crowd_map>& all) {
  all.push_back(crowd_map_of<urcu_peer>("urcu", "liburcu's lfht: readers take no lock", retirement::untold));
}

}  // namespace holdfast::inline v0::tools

#else

namespace holdfast::inline v0::tools {
void add_urcu_map(std::vector<crowd_map>&) {}
}  // namespace holdfast::inline v0::tools

#endif
