// A cache of pointers that enters the key first and the pointer second.
#include <holdfast/hazard/catalogue.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/door.hpp>
#include <holdfast/hazard/situation.hpp>

namespace holdfast::inline v0::hazard {
namespace nil_true_window_programs {

struct session {
  std::uint64_t user = 0;
};

struct looked_up {
  const session* value = nullptr;
  bool found = false;
};

// The article's cache: a concurrent map of boxes, and in each box an atomic pointer.
class two_step_cache {
 public:
  // `meanwhile` happens between the two steps; a real scheduler picks the moment by chance.
  void store(std::uint64_t key, const session* value, const std::function<void()>& meanwhile = {}) {
    const auto in = boxes_.load_or_store(key, std::make_shared<box>(nullptr)).value;
    if (meanwhile) meanwhile();
    // release: pairs with the acquire in load().
    in->store(value, std::memory_order_release);
  }

  looked_up load(std::uint64_t key) const {
    const auto in = boxes_.load(key);
    if (!in) return {nullptr, false};
    // acquire: pairs with the release in store().
    return {(*in)->load(std::memory_order_acquire), true};
  }

 private:
  using box = std::atomic<const session*>;
  holdfast::sync_map<std::uint64_t, std::shared_ptr<box>> boxes_;
};

int naive(situation& here) {
  two_step_cache cache;
  const std::uint64_t ann = here.random();
  const session hers{ann};
  looked_up seen;
  cache.store(ann, &hers, [&] {
    std::thread reader([&] { seen = cache.load(ann); });
    reader.join();
  });
  here.say("the reader was told: found %s, pointer %s", seen.found ? "true" : "false", seen.value ? "ann's" : "null");
  const bool right = !seen.found || seen.value == &hers;
  return here.verdict(right, right ? "absent or whole" : "(nil, true): the key is there and its value is not yet");
}

constexpr std::string_view naive_code = R"(    const auto in = boxes_.load_or_store(key, std::make_shared<box>(nullptr)).value;
    if (meanwhile) meanwhile();
    in->store(value, std::memory_order_release);
  cache.store(ann, &hers, [&] {
    std::thread reader([&] { seen = cache.load(ann); });
    reader.join();
  });
)";

int one_step(situation& here) {
  constexpr int rounds = 5000;
  holdfast::sync_map<std::uint64_t, const session*> cache;
  const std::uint64_t ann = here.random();
  const session hers{ann};
  // relaxed: pairs with nothing; it only ends the reader's loop.
  std::atomic<bool> done{false};
  std::uint64_t looks = 0;
  std::uint64_t empty_handed = 0;
  std::thread reader([&] {
    while (!done.load(std::memory_order_relaxed)) {
      const auto seen = cache.load(ann);
      ++looks;
      empty_handed += seen && *seen != &hers ? 1 : 0;
    }
  });
  for (int round = 0; round < rounds; ++round) {
    cache.store(ann, &hers);
    cache.erase(ann);
  }
  done.store(true, std::memory_order_relaxed);
  reader.join();
  here.say("%d times stored and erased; %llu looks, %llu found the key without its value", rounds,
           static_cast<unsigned long long>(looks), static_cast<unsigned long long>(empty_handed));
  const bool right = empty_handed == 0;
  return here.verdict(right, right ? "key and value are published by one store" : "a key was there without its value");
}

constexpr std::string_view one_step_code = R"(  holdfast::sync_map<std::uint64_t, const session*> cache;
    cache.store(ann, &hers);
    cache.erase(ann);
      const auto seen = cache.load(ann);
)";

int make_then_publish(situation& here) {
  holdfast::sync_map<std::uint64_t, std::shared_ptr<const session>> cache;
  const std::uint64_t ann = here.random();
  door inside;
  door leave;
  std::thread writer([&] {
    cache.load_or_make(ann, [&] {
      inside.open();
      leave.wait();
      return std::make_shared<const session>(session{ann});
    });
  });
  inside.wait();
  const bool early = cache.load(ann).has_value();
  leave.open();
  writer.join();
  const auto late = cache.load(ann);
  here.say("while the value is being made the key is %s, afterwards it is %s", early ? "there" : "absent",
           late && *late ? "there with its value" : "not there");
  const bool right = !early && late && *late && (*late)->user == ann;
  return here.verdict(right, right ? "a key comes with its value or not at all" : "a key came before its value");
}

constexpr std::string_view make_then_publish_code = R"(    cache.load_or_make(ann, [&] {
      inside.open();
      leave.wait();
      return std::make_shared<const session>(session{ann});
    });
  const bool early = cache.load(ann).has_value();
)";

}  // namespace nil_true_window_programs

hazard nil_true_window() {
  using namespace nil_true_window_programs;
  return {
      .id = "nil-true-window",
      .story = "A reader finds a key whose value has not been stored yet",
      .explanation =
          "The article builds a cache of pointers from a concurrent map whose values are boxes, each with an atomic pointer: a "
          "store enters an empty box under the key, if there is none, and then puts the pointer into it. Each of the two steps is "
          "atomic. Together they are not: a reader that comes between them finds the key, looks into the box and is told "
          "(nil, true), there and null. Who trusts `true` follows a null pointer.\n"
          "In Go it is seen once or twice in twenty thousand tries with real goroutines. Here the reader comes in between "
          "for certain.",
      .from = {"A0", "4.1", "K0.19"},
      .in_go = {truth::yes, "Load between LoadOrStore of the atomic.Value and its Store gives (nil, true)"},
      .in_cpp = {truth::yes, "the same two steps, the same window"},
      .naive = {"naive", "a reader looks the key up between the two steps of a store", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"one-step", "the pointer itself is the value: one store publishes both", one_step, {}, one_step_code},
                {"make-then-publish", "load_or_make() enters the key when the value is made, not before", make_then_publish, {},
                 make_then_publish_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
