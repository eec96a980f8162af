// See resource_registry.hpp.
#include <holdfast/lifetime/resource_registry.hpp>

#include <algorithm>
#include <atomic>
#include <new>

#include <holdfast/base/lang/failure.hpp>

namespace holdfast::inline v0 {

resource_registry::resource_registry(const resource_options& options) : core_(lifetime::registry_core::claim(options)) {
  if (core_ == nullptr) raise_bad_alloc();
}

resource_registry::~resource_registry() {
  if (reclaim::domain::may_drain()) drain();
  if (core_->options().tell_leaks && size() != 0) report_leaks();
  core_->leave_to_shares();
}

bool resource_registry::note_freed(void* pointer) noexcept {
  return core_->leave(pointer, 0, lifetime::departure_door::told, true) == holdfast_keep;
}

std::vector<resource_registry::tag_sum> resource_registry::census() const {
  std::vector<tag_sum> sums;
  for_each([&](const resource_view& one) {
    const auto known = std::find_if(sums.begin(), sums.end(), [&](const tag_sum& sum) { return sum.tag == one.tag; });
    tag_sum& sum = known != sums.end() ? *known : sums.emplace_back(tag_sum{one.tag, 0, 0});
    ++sum.resources;
    sum.bytes += one.size;
  });
  std::sort(sums.begin(), sums.end(), [](const tag_sum& a, const tag_sum& b) { return a.bytes > b.bytes; });
  return sums;
}

std::string resource_registry::leaks() const {
  std::string lines;
  for_each([&](const resource_view& one) { lines += lifetime::line_of(one); });
  return lines;
}

std::size_t resource_registry::report_leaks() const {
  std::string lines;
  std::size_t count = 0;
  for_each([&](const resource_view& one) {
    // A report of thousands is read by nobody.
    if (++count <= 100) lines += lifetime::line_of(one);
  });
  if (count != 0) lifetime::report_leaks(options(), count, lines);
  return count;
}

namespace {

constinit std::atomic<resource_registry*> the_default{nullptr};

}  // namespace

// No once-flag: a fork in the middle would leave it taken in the child.
HOLDFAST_COLD resource_registry& resource_registry::make_default() noexcept {
  resource_options options;
  options.name = "default";
  lifetime::registry_core* const core = lifetime::registry_core::claim(options);
  auto* const fresh = core == nullptr ? nullptr : new (std::nothrow) resource_registry(core);
  if (fresh == nullptr)
    report_fatal("holdfast: fatal: no memory for the registry of C memory",
                 "  cure: start the process with more memory\n");
  resource_registry* known = nullptr;
  // acq_rel: pairs with the acquire in default_registry().
  if (the_default.compare_exchange_strong(known, fresh, std::memory_order_acq_rel, std::memory_order_acquire))
    return *fresh;
  delete fresh;  // somebody was quicker
  return *known;
}

resource_registry& default_registry() noexcept {
  // acquire: pairs with make_default().
  resource_registry* const known = the_default.load(std::memory_order_acquire);
  return known != nullptr ? *known : resource_registry::make_default();
}

}  // namespace holdfast::inline v0
