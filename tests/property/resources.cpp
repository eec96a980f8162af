// Any sequence of adoptions, shares, uses, closings and frees, in lock step with a model that counts.
#include <holdfast/lifetime/resource_registry.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace {

using namespace holdfast;

constexpr std::size_t places = 12;

struct model_resource {
  std::size_t place = 0;
  std::size_t shares = 1;
  std::size_t pins = 0;
  bool closing = false;
  bool gone = false;
  bool kept = false;

  [[nodiscard]] resource_error use() const {
    if (shares == 0) return resource_error::stale;
    if (gone) return resource_error::freed;
    return closing ? resource_error::closing : resource_error::none;
  }
};

class lock_step {
 public:
  explicit lock_step(when_freed policy) : heals_(policy == when_freed::heal), registry_(options(policy)) {}

  void step(std::uint32_t word) {
    const std::uint32_t at = word >> 8;
    switch (word % 11) {
      case 0:
      case 1: return adopt(at % places);
      case 2: return share(pick(at));
      case 3: return copy(at);
      case 4:
      case 5: return release(at);
      case 6: return pin(pick(at));
      case 7: return unpin(at);
      case 8: return close(pick(at));
      case 9: return c_frees(at % places);
      default: return drain();
    }
  }

  void end() {
    pins_.clear();
    shares_.clear();
    registry_.drain();
    for (auto& [handle, one] : model_) {
      RC_ASSERT(registry_.fault(handle) == resource_error::stale);
      RC_ASSERT(freed_[handle] == (one.gone ? 0 : 1));
    }
    RC_ASSERT(registry_.size() == 0u);
  }

 private:
  struct told {
    lock_step* whole;
    resource_handle handle;
  };

  static resource_options options(when_freed policy) {
    resource_options chosen;
    chosen.freed = policy;
    chosen.most_reports = 0;
    return chosen;
  }

  [[nodiscard]] resource_handle pick(std::uint32_t at) const {
    if (model_.empty()) return {};
    return std::next(model_.begin(), static_cast<std::ptrdiff_t>(at % model_.size()))->first;
  }

  // Who lies at a place and is watched: the last one adopted there, unless it is free or gone.
  [[nodiscard]] model_resource* at_place(std::size_t place) {
    const auto found = at_place_.find(place);
    if (found == at_place_.end()) return nullptr;
    model_resource& one = model_.at(found->second);
    const bool over = one.shares == 0 && freed_[found->second] != 0;
    return one.gone || over ? nullptr : &one;
  }

  void adopt(std::size_t place) {
    if (model_resource* const before = at_place(place)) before->gone = true;
    contexts_.push_back(std::make_unique<told>(told{this, {}}));
    adoption how;
    how.context = contexts_.back().get();
    how.free = [](void* context, void*, std::size_t) {
      const auto& who = *static_cast<told*>(context);
      ++who.whole->freed_[who.handle];
    };
    auto made = registry_.adopt(&memory_[place * 16], how);
    contexts_.back()->handle = made.handle();
    RC_ASSERT(model_.emplace(made.handle(), model_resource{place}).second);
    at_place_[place] = made.handle();
    shares_.push_back(std::move(made));
  }

  void share(resource_handle handle) {
    if (!handle) return;
    model_resource& one = model_.at(handle);
    RC_ASSERT(registry_.fault(handle) == one.use());
    auto made = registry_.share<char>(handle);
    RC_ASSERT(static_cast<bool>(made) == (one.use() == resource_error::none));
    if (!made) return;
    ++one.shares;
    shares_.push_back(std::move(made));
  }

  void copy(std::uint32_t at) {
    if (shares_.empty()) return;
    const auto& from = shares_[at % shares_.size()];
    model_resource& one = model_.at(from.handle());
    RC_ASSERT((from.get() == (one.gone ? nullptr : &memory_[one.place * 16])));
    RC_ASSERT(from.use_count() == one.shares);
    ++one.shares;
    shares_.push_back(from);
  }

  void release(std::uint32_t at) {
    if (shares_.empty()) return;
    std::swap(shares_[at % shares_.size()], shares_.back());
    const resource_handle handle = shares_.back().handle();
    model_resource& one = model_.at(handle);
    --one.shares;
    shares_.pop_back();
    if (one.shares == 0 && !borrowed_.contains(handle)) RC_ASSERT(freed_[handle] == (one.gone ? 0 : 1));
    if (one.shares != 0 || one.pins != 0) RC_ASSERT(freed_[handle] == 0);
  }

  void pin(resource_handle handle) {
    if (!handle) return;
    model_resource& one = model_.at(handle);
    auto made = registry_.pin<char>(handle);
    RC_ASSERT(static_cast<bool>(made) == (one.use() == resource_error::none));
    if (!made) return;
    RC_ASSERT((made.get() == &memory_[one.place * 16]));
    ++one.pins;
    borrowed_.insert(handle);
    pins_.emplace_back(handle, std::move(made));
  }

  void unpin(std::uint32_t at) {
    if (pins_.empty()) return;
    std::swap(pins_[at % pins_.size()], pins_.back());
    --model_.at(pins_.back().first).pins;
    pins_.pop_back();
  }

  void close(resource_handle handle) {
    if (!handle) return;
    model_resource& one = model_.at(handle);
    RC_ASSERT(registry_.close(handle) == (one.shares == 0 ? resource_error::stale : resource_error::none));
    one.closing = true;
  }

  void c_frees(std::size_t place) {
    model_resource* const one = at_place(place);
    const bool kept = registry_.note_freed(&memory_[place * 16]);
    RC_ASSERT(kept == (one != nullptr && heals_));
    if (one == nullptr) return;
    (heals_ ? one->kept : one->gone) = true;
  }

  // Afterwards all that nobody has is free.
  void drain() {
    registry_.drain();
    for (auto& [handle, one] : model_)
      RC_ASSERT(freed_[handle] == (one.shares == 0 && one.pins == 0 && !one.gone ? 1 : 0));
  }

  bool heals_;
  char memory_[places * 16] = {};
  std::map<resource_handle, model_resource> model_;
  std::map<resource_handle, int> freed_;
  std::map<std::size_t, resource_handle> at_place_;
  std::set<resource_handle> borrowed_;
  std::vector<std::unique_ptr<told>> contexts_;
  resource_registry registry_;
  std::vector<resource_share<char>> shares_;
  std::vector<std::pair<resource_handle, reclaim::pin<char>>> pins_;
};

// covers hf.resources.free-once, hf.resources.free-after-use, hf.resources.handle-never-reused
RC_GTEST_PROP(ResourcesInLockStep, AnySequenceAnswersAsTheModel, ()) {
  lock_step both(*rc::gen::element(when_freed::mark, when_freed::heal, when_freed::report));
  const auto words = *rc::gen::scale(8.0, rc::gen::arbitrary<std::vector<std::uint32_t>>());
  std::uint32_t n = 0;
  for (const std::uint32_t word : words) {
    n += 0x9e3779b9u;
    both.step(((word ^ n) * 0x85ebca6bu) >> 4);
  }
  both.end();
}

}  // namespace
