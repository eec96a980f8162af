// A bare count is raised from zero: the resource is already being freed.
#include <holdfast/hazard/catalogue.hpp>

#include <atomic>
#include <csignal>
#include <memory>
#include <new>
#include <thread>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/c_memory.hpp>
#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/lifetime/resource_registry.hpp>

namespace holdfast::inline v0::hazard {
namespace revived_share_programs {

// The article's proxy, as it is written there: AddRef is a bare addition. The proxy itself lives on; what it stands
// for is C's.
class proxy {
 public:
  explicit proxy(char* block) noexcept : block_(block) {}

  char* add_ref() noexcept {
    shares_.fetch_add(1, std::memory_order_acq_rel);
    return block_;
  }
  void release() noexcept {
    if (shares_.fetch_sub(1, std::memory_order_acq_rel) == 1) c_free(block_);
  }

 private:
  char* block_;
  std::atomic<int> shares_{1};
};

[[gnu::noinline]] char first_of(const char* text) { return *text; }

int naive(situation& here) {
  proxy shared(c_strdup("from a C library"));
  holdfast::locked_map<int, proxy*> proxies;
  proxies.store(1, &shared);
  proxy* const found = *proxies.load(1);
  here.say("the reader has looked the proxy up, and comes to AddRef next");
  std::thread owner([&] { (*proxies.load_and_erase(1))->release(); });
  owner.join();
  here.say("the owner has erased the entry and released the last share: the block is freed");
  char* const block = found->add_ref();
  here.say("AddRef counts from 0 to 1 and hands out the block");
  here.expect_fault(block, page_bytes);
  return here.verdict(false, first_of(hidden(block)) == 'f' ? "the block was still there" : "somebody else's block");
}

constexpr std::string_view naive_code = R"(    shares_.fetch_add(1, std::memory_order_acq_rel);
    return block_;
  proxy* const found = *proxies.load(1);
  std::thread owner([&] { (*proxies.load_and_erase(1))->release(); });
  owner.join();
  char* const block = found->add_ref();
)";

struct c_deleter {
  void operator()(char* block) const noexcept { c_free(block); }
};

int refuse_zero(situation& here) {
  std::shared_ptr<char> last(c_strdup("from a C library"), c_deleter());
  holdfast::locked_map<int, std::weak_ptr<char>> blocks;
  blocks.store(1, last);
  const std::weak_ptr<char> found = *blocks.load(1);
  const bool while_there = first_of(found.lock().get()) == 'f';
  std::thread owner([&] { last.reset(); });
  owner.join();
  const std::shared_ptr<char> share = found.lock();
  here.say("a share was to be had while there was one (%s), and none afterwards (%s)", while_there ? "yes" : "no",
           share == nullptr ? "none" : "one");
  const bool right = while_there && share == nullptr;
  return here.verdict(right, right ? "a count that has come to zero stays there" : "a share of what is freed");
}

constexpr std::string_view refuse_zero_code = R"(  const std::weak_ptr<char> found = *blocks.load(1);
  std::thread owner([&] { last.reset(); });
  owner.join();
  const std::shared_ptr<char> share = found.lock();
)";

int pinned(situation& here) {
  holdfast::sync_map<int, std::unique_ptr<char, c_deleter>> blocks;
  blocks.store(1, std::unique_ptr<char, c_deleter>(c_strdup("from a C library")));
  const auto found = blocks.pin(1);
  std::thread owner([&] { blocks.erase(1); });
  owner.join();
  const auto later = blocks.pin(1);
  const bool right = first_of(found->get()) == 'f' && !later;
  here.say("whoever had it pinned reads on; whoever comes later finds %s", later ? "it" : "nothing");
  return here.verdict(right, right ? "looking up and holding are one step" : "a pin did not hold");
}

constexpr std::string_view pinned_code = R"(  const auto found = blocks.pin(1);
  std::thread owner([&] { blocks.erase(1); });
  owner.join();
  const auto later = blocks.pin(1);
)";

int refused(situation& here) {
  resource_registry registry({.name = "blocks"});
  auto last = registry.adopt(c_strdup("from a C library"), c_free, {.size = page_bytes, .watched = false});
  holdfast::locked_map<int, resource_handle> blocks;
  blocks.store(1, last.handle());
  const resource_handle found = *blocks.load(1);
  const bool while_there = first_of(registry.share<char>(found).get()) == 'f';
  std::thread owner([&] { last.reset(); });
  owner.join();
  const auto share = registry.share<char>(found);
  here.say("%s", registry.explain(found).c_str());
  const bool right = while_there && !share && registry.why(found).what() == cause::released;
  return here.verdict(right, right ? "a handle of what was released is refused, and says so" : "a share of what is freed");
}

constexpr std::string_view refused_code = R"(  const resource_handle found = *blocks.load(1);
  std::thread owner([&] { last.reset(); });
  owner.join();
  const auto share = registry.share<char>(found);
  here.say("%s", registry.explain(found).c_str());
)";

int kept_by_ref(situation& here) {
  holdfast::checked_sync_map<int, std::unique_ptr<char, c_deleter>> blocks;
  blocks.name("blocks");
  blocks.store(1, std::unique_ptr<char, c_deleter>(c_strdup("from a C library")));
  const auto found = blocks.ref(1);
  const bool while_there = found.with([](const auto& block) { return first_of(block.get()) == 'f'; });
  std::thread owner([&] { blocks.erase(1); });
  owner.join();
  const auto later = found.pin();
  here.say("%s", found.explain().c_str());
  const bool right = while_there && !later && found.why().what() == cause::erased;
  return here.verdict(right, right ? "a reference counts nothing, and knows that the entry has gone" : "it was revived");
}

constexpr std::string_view kept_by_ref_code = R"(  const auto found = blocks.ref(1);
  std::thread owner([&] { blocks.erase(1); });
  owner.join();
  const auto later = found.pin();
  here.say("%s", found.explain().c_str());
)";

}  // namespace revived_share_programs

hazard revived_share() {
  using namespace revived_share_programs;
  return {
      .id = "revived-share",
      .story = "AddRef counts up from zero, and hands out what has just been freed",
      .explanation =
          "A reader finds a counted proxy in a map and then adds its share. Between the two an owner can give the last share "
          "back: the count is zero, the resource is freed, and the addition makes it one again. The reader uses freed memory, "
          "and when it is done its Release comes to zero once more and frees a second time. The article's AddRef is such a bare "
          "addition.\n"
          "Either the count refuses to leave zero, as weak_ptr::lock does, or looking up and holding are one step, so that there "
          "is no between.",
      .from = {"A2", "4.1", "K2.14"},
      .in_go = {truth::yes, "the article's code is Go; nothing in it refuses a count of zero"},
      .in_cpp = {truth::yes, "the same; weak_ptr exists for that reason"},
      .naive = {"naive",
                "looks a proxy up, lets the last share go and then adds one",
                naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true},
                naive_code},
      .cures =
          {{"refuse-zero", "weak_ptr::lock gives no share where there is none left", refuse_zero, {}, refuse_zero_code},
           {"pinned", "pin() looks up and holds in one step", pinned, {}, pinned_code},
           {"refused", "a registry refuses the handle of what was released, and says what ended it", refused, {}, refused_code},
           {"kept-by-ref", "a reference is kept instead of a count: it is pinned, or knows why not", kept_by_ref, {}, kept_by_ref_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
