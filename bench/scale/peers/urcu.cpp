// liburcu's lfht, the membarrier flavour: a value is read inside a read-side critical section.
#include <functional>
#include <memory>
#include <utility>

#include <urcu/urcu-memb.h>

#include <urcu/rculfhash.h>

#include <bench/scale/roster.hpp>

namespace holdfast::bench {
namespace {

struct registered {
  registered() {
    if (depth++ == 0) urcu_memb_register_thread();
  }
  ~registered() {
    if (--depth == 0) urcu_memb_unregister_thread();
  }
  registered(const registered&) = delete;
  registered& operator=(const registered&) = delete;
  static thread_local int depth;
};
thread_local int registered::depth = 0;

template <class Family>
class urcu_map {
 public:
  static constexpr const char* name = "urcu lfht";
  using thread_scope = registered;
  using key = typename Family::key;

  explicit urcu_map(std::size_t entries)
      : table_(cds_lfht_new_flavor(power_above(entries), 64, 0, CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING,
                                   &urcu_memb_flavor, nullptr)) {}
  ~urcu_map() {
    cds_lfht_iter at;
    urcu_memb_read_lock();
    for (cds_lfht_first(table_, &at); cds_lfht_iter_get_node(&at) != nullptr; cds_lfht_next(table_, &at)) {
      cds_lfht_node* const found = cds_lfht_iter_get_node(&at);
      if (cds_lfht_del(table_, found) == 0) free_later(found);
    }
    urcu_memb_read_unlock();
    urcu_memb_barrier();
    cds_lfht_destroy(table_, nullptr);
  }
  urcu_map(const urcu_map&) = delete;
  urcu_map& operator=(const urcu_map&) = delete;

  std::uint64_t read(const key& wanted) {
    urcu_memb_read_lock();
    const cds_lfht_node* const found = find(wanted);
    const std::uint64_t number = found == nullptr ? 0 : Family::number_in(node_of(found)->value);
    urcu_memb_read_unlock();
    return number;
  }
  void store(const key& at, typename Family::value value) {
    auto* const fresh = new node{{}, at, value, {}};
    urcu_memb_read_lock();
    cds_lfht_node* const old = cds_lfht_add_replace(table_, hash_of(at), match, &fresh->key_, &fresh->links);
    if (old != nullptr) free_later(old);
    urcu_memb_read_unlock();
  }
  void erase(const key& at) {
    urcu_memb_read_lock();
    cds_lfht_node* const found = find(at);
    if (found != nullptr && cds_lfht_del(table_, found) == 0) free_later(found);
    urcu_memb_read_unlock();
  }

 private:
  struct node {
    cds_lfht_node links;  // first: a node's address is that of its links
    key key_;
    typename Family::value value;
    rcu_head later;
  };

  static node* node_of(cds_lfht_node* links) { return reinterpret_cast<node*>(links); }
  static const node* node_of(const cds_lfht_node* links) { return reinterpret_cast<const node*>(links); }
  static unsigned long hash_of(const key& wanted) { return mixed(std::hash<key>()(wanted)); }
  static int match(cds_lfht_node* links, const void* wanted) {
    return node_of(links)->key_ == *static_cast<const key*>(wanted) ? 1 : 0;
  }
  static void free_later(cds_lfht_node* links) {
    urcu_memb_call_rcu(&node_of(links)->later, [](rcu_head* head) {
      delete reinterpret_cast<node*>(reinterpret_cast<char*>(head) - offset_of_later());
    });
  }
  static std::ptrdiff_t offset_of_later() {
    static const node example{{}, {}, {}, {}};
    return reinterpret_cast<const char*>(&example.later) - reinterpret_cast<const char*>(&example);
  }
  static unsigned long power_above(std::size_t entries) {
    unsigned long power = 64;
    while (power < entries) power *= 2;
    return power;
  }
  cds_lfht_node* find(const key& wanted) {
    cds_lfht_iter at;
    cds_lfht_lookup(table_, hash_of(wanted), match, &wanted, &at);
    return cds_lfht_iter_get_node(&at);
  }

  cds_lfht* table_;
};

}  // namespace

void add_urcu(roster<u64_to_pointer>& to) {
  to.push_back(std::make_unique<subject_of<u64_to_pointer, urcu_map<u64_to_pointer>>>());
}
void add_urcu(roster<string_to_pointer>& to) {
  to.push_back(std::make_unique<subject_of<string_to_pointer, urcu_map<string_to_pointer>>>());
}

}  // namespace holdfast::bench
