// A count that is kept by hand, and a way out of the function that forgets it.
#include <holdfast/hazard/catalogue.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/lifetime/resource_registry.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace leaked_share_programs {

constexpr int requests = 1000;

// What the article calls a proxy: a C resource with a count that everybody has to keep.
struct proxy {
  explicit proxy(int& alive) : alive_(&alive) { ++alive; }
  ~proxy() { --*alive_; }
  proxy(const proxy&) = delete;
  proxy& operator=(const proxy&) = delete;

  void add_ref() noexcept { ++shares_; }
  void release() noexcept {
    if (--shares_ == 0) delete this;
  }

 private:
  int* alive_;
  int shares_ = 1;
};

// Every third request is refused: half way through, where programs return early.
bool is_refused(int request) { return request % 3 == 0; }

bool serve(const holdfast::map<int, proxy*>& proxies, int request) {
  proxy* const used = *proxies.get(request);
  used->add_ref();
  if (is_refused(request)) return false;
  used->release();
  return true;
}

int naive(situation& here) {
  int alive = 0;
  holdfast::map<int, proxy*> proxies;
  for (int request = 0; request < requests; ++request) proxies[request] = new proxy(alive);
  int refused = 0;
  for (int request = 0; request < requests; ++request) refused += serve(proxies, request) ? 0 : 1;
  for (auto& [request, one] : proxies) one->release();
  proxies.clear();
  here.say("%d of %d requests were refused; the map is empty, and %d resources are alive", refused, requests, alive);
  return here.verdict(alive == 0,
                      alive == 0 ? "all is released" : "a share that nobody has keeps each of them for good");
}

constexpr std::string_view naive_code = R"(  used->add_ref();
  if (is_refused(request)) return false;
  used->release();
  return true;
)";

// The resource without a count of its own.
struct resource {
  explicit resource(int& count) : alive(&count) { ++count; }
  resource(const resource& other) : alive(other.alive) { ++*alive; }
  resource& operator=(const resource&) = delete;
  ~resource() { --*alive; }

  int* alive;
};

int by_scope(situation& here) {
  int alive = 0;
  holdfast::map<int, std::shared_ptr<resource>> resources;
  for (int request = 0; request < requests; ++request) resources[request] = std::make_shared<resource>(alive);
  int served = 0;
  for (int request = 0; request < requests; ++request) {
    const std::shared_ptr<resource> used = *resources.get(request);
    if (is_refused(request)) continue;
    ++served;
  }
  resources.clear();
  here.say("%d requests were served, the others refused; %d resources are alive", served, alive);
  return here.verdict(alive == 0,
                      alive == 0 ? "a share ends with its scope, whatever way out is taken" : "shares were lost");
}

constexpr std::string_view by_scope_code = R"(    const std::shared_ptr<resource> used = *resources.get(request);
    if (is_refused(request)) continue;
)";

int pinned(situation& here) {
  int alive = 0;
  {
    holdfast::sync_map<int, std::unique_ptr<resource>> resources;
    for (int request = 0; request < requests; ++request) resources.store(request, std::make_unique<resource>(alive));
    for (int request = 0; request < requests; ++request) {
      const auto used = resources.pin(request);
      if (is_refused(request)) continue;
      resources.erase(request);
    }
  }
  here.say("readers had pins, which count nothing; %d resources are alive", alive);
  return here.verdict(alive == 0, alive == 0 ? "no count to keep, and none to forget" : "resources were lost");
}

constexpr std::string_view pinned_code = R"(      const auto used = resources.pin(request);
      if (is_refused(request)) continue;
)";

// Its end, for who adopts it.
adoption by_delete(std::string_view name = {}) {
  adoption how{.size = sizeof(resource), .name = name, .watched = false};
  how.free = [](void*, void* one, std::size_t) { delete static_cast<resource*>(one); };
  return how;
}

int by_handle(situation& here) {
  int alive = 0;
  resource_registry registry;
  holdfast::map<int, resource_share<resource>> resources;
  for (int request = 0; request < requests; ++request) {
    resources[request] = registry.adopt(new resource(alive), by_delete());
  }
  int served = 0;
  for (int request = 0; request < requests; ++request) {
    const auto used = registry.share<resource>(resources.get(request)->handle());
    if (is_refused(request)) continue;
    ++served;
  }
  here.say("%d requests were served, the others refused; the registry has %zu resources", served, registry.size());
  resources.clear();
  registry.drain();
  here.say("the map is empty; %d resources are alive, and %zu are still held", alive, registry.report_leaks());
  const bool right = alive == 0 && registry.size() == 0;
  return here.verdict(right, right ? "shares go with their scope, and the registry has nothing left" : "shares were lost");
}

constexpr std::string_view by_handle_code = R"(    const auto used = registry.share<resource>(resources.get(request)->handle());
    if (is_refused(request)) continue;
  registry.drain();
)";

// As C code has to: by the number, by hand.
bool serve_by_number(resource_registry& registry, resource_handle used, int request) {
  if (registry.share_detached(used) != resource_error::none) return false;
  if (is_refused(request)) return false;
  return registry.release(used) == resource_error::none;
}

int named(situation& here) {
  int alive = 0;
  resource_registry registry({.name = "connections", .tell_leaks = false});
  auto ann = registry.adopt(new resource(alive), by_delete("ann's"));
  auto bob = registry.adopt(new resource(alive), by_delete("bob's"));
  (void)serve_by_number(registry, ann.handle(), 1);
  (void)serve_by_number(registry, bob.handle(), 3);
  ann.reset();
  bob.reset();
  registry.drain();
  const std::string told = registry.leaks();
  here.say("%s", told.c_str());
  const bool right = alive == 1 && told.find("\"bob's\"") != std::string::npos && told.find("ann's") == std::string::npos;
  return here.verdict(right, right ? "whose share is missing is told by name, count and place" : "nobody knows whose it is");
}

constexpr std::string_view named_code = R"(  if (registry.share_detached(used) != resource_error::none) return false;
  if (is_refused(request)) return false;
  return registry.release(used) == resource_error::none;
  const std::string told = registry.leaks();
)";

}  // namespace leaked_share_programs

hazard leaked_share() {
  using namespace leaked_share_programs;
  return {
      .id = "leaked-share",
      .story = "A count is kept by hand, and one way out forgets to give its share back",
      .explanation =
          "The article's cure for C resources is a proxy with AddRef and Release. It is a good one as long as every AddRef has "
          "its Release on every way out: each early return, each exception, each `continue`. One that is forgotten keeps the "
          "resource for good, after the map has let go of it, and no tool for memory leaks can say whose share is missing.\n"
          "The opposite slip, one Release too many, is double-release with a delay. A share that is a value with a destructor "
          "cannot be forgotten.",
      .from = {"A2", "4.1", "K2.14, K2.15"},
      .in_go = {truth::yes, "a count kept by hand is forgotten by hand; defer helps, where it is written"},
      .in_cpp = {truth::yes, "the same; destructors are the answer"},
      .naive = {"naive",
                "counts by hand, and returns early with the share in hand",
                naive,
                {.ending = ending::wrong_answer},
                naive_code},
      .cures = {{"by-scope", "a share is a value, and goes with its scope", by_scope, {}, by_scope_code},
                {"pinned", "readers pin the entry; only the map owns the resource", pinned, {}, pinned_code},
                {"by-handle",
                 "a registry's shares are values, and its handles count nothing",
                 by_handle,
                 {},
                 by_handle_code},
                {"named", "where counts must be kept by hand, leaks() names whose share is missing", named, {}, named_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
