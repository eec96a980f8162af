// libcuckoo's cuckoohash_map. The value is seen by a function that runs under the two buckets' locks.
#include <libcuckoo/cuckoohash_map.hh>

#include <bench/scale/roster.hpp>

namespace holdfast::bench {
namespace {

template <class Family>
class cuckoo_map {
 public:
  static constexpr const char* name = "cuckoo";
  using thread_scope = no_scope;
  using key = typename Family::key;

  explicit cuckoo_map(std::size_t) {}
  std::uint64_t read(const key& wanted) const {
    std::uint64_t number = 0;
    map_.find_fn(wanted, [&](const typename Family::value& there) { number = Family::number_in(there); });
    return number;
  }
  void store(const key& at, typename Family::value value) { map_.insert_or_assign(at, value); }
  void erase(const key& at) { map_.erase(at); }

 private:
  libcuckoo::cuckoohash_map<key, typename Family::value> map_;
};

}  // namespace

void add_cuckoo(roster<u64_to_pointer>& to) {
  to.push_back(std::make_unique<subject_of<u64_to_pointer, cuckoo_map<u64_to_pointer>>>());
}
void add_cuckoo(roster<string_to_pointer>& to) {
  to.push_back(std::make_unique<subject_of<string_to_pointer, cuckoo_map<string_to_pointer>>>());
}

}  // namespace holdfast::bench
