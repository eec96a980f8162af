// Our pointer_cache: all entries for good, or as many as --capacity says.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

#include "holdfast/tools/replay_loop.hpp"

namespace holdfast::inline v0::tools {
namespace {

// Asking a cache for its bytes walks all of it, so that is done each time it holds 1/64 more than when it was asked
// last.
template <class Stored>
class cache_face {
 public:
  static constexpr bool can_be_bounded = true;

  explicit cache_face(std::size_t bound) : cache_(bound) {}

  template <class Key>
  [[nodiscard]] const void* find(const Key& key) {
    const auto found = cache_.load(key);
    return found ? *found : nullptr;
  }
  template <class Key>
  void insert(const Key& key, const void* value) {
    cache_.store(key, value);
  }
  template <class Key>
  [[nodiscard]] bool assign(const Key& key, const void* value) {
    const bool is_new = !cache_.load(key);
    cache_.store(key, value);
    return is_new;
  }
  template <class Key>
  [[nodiscard]] bool erase(const Key& key) {
    return cache_.erase(key);
  }
  void note_insert() {
    const std::size_t entries = cache_.size();
    if (entries >= next_) look(entries);
  }
  [[nodiscard]] std::size_t size() const { return cache_.size(); }
  [[nodiscard]] table_memory memory() {
    look(cache_.size());
    return memory_;
  }

 private:
  void look(std::size_t entries) {
    const std::size_t bytes = cache_.bytes();
    memory_.note(entries, bytes);
    memory_.peak_bytes = std::max(memory_.peak_bytes, bytes);
    next_ = std::max(next_, entries + entries / 64 + 1);
  }

  pointer_cache<Stored, const void*> cache_;
  table_memory memory_;
  std::size_t next_ = 1;
};

}  // namespace

void add_holdfast_cache(std::vector<contestant>& all) {
  all.push_back(contestant_of<cache_face<std::uint64_t>, cache_face<std::string>>(
      "pointer_cache", "holdfast::pointer_cache; with --capacity N it keeps N entries"));
  all.back().is_cache = true;
}

}  // namespace holdfast::inline v0::tools
