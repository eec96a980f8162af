// A pointer is kept as an integer, so nobody who counts or collects knows that it is there.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/hazard/vanishing_allocator.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace hidden_pointer_programs {

struct session {
  std::uint64_t user = 0;
};

// Frees what nobody holds, as a collector does: by the shares that it can see.
class session_heap {
 public:
  [[nodiscard]] std::shared_ptr<session> make(std::uint64_t user) {
    all_.push_back(std::allocate_shared<session>(vanishing_allocator<session>(), session{user}));
    return all_.back();
  }
  std::size_t collect() {
    return std::erase_if(all_, [](const std::shared_ptr<session>& one) { return one.use_count() == 1; });
  }

 private:
  std::vector<std::shared_ptr<session>> all_;
};

constexpr std::uintptr_t mask = 0x5a5a5a5a5a5a5a5a;

std::uintptr_t hide(const session* one) { return reinterpret_cast<std::uintptr_t>(one) ^ mask; }
session* found_again(std::uintptr_t number) { return reinterpret_cast<session*>(number ^ mask); }

[[gnu::noinline]] std::uint64_t user_of(const session* one) { return one->user; }

int naive(situation& here) {
  session_heap heap;
  holdfast::map<std::string, std::uintptr_t> sessions;
  sessions["ann"] = hide(heap.make(here.random()).get());
  here.say("ann's session is kept as the number %#llx", static_cast<unsigned long long>(sessions["ann"]));
  const std::size_t freed = heap.collect();
  here.say("the heap sees no holder and frees %zu session", freed);
  session* const anns = found_again(sessions["ann"]);
  here.expect_fault(anns, sizeof *anns);
  const std::uint64_t user = user_of(hidden(anns));
  return here.verdict(false, user == 0 ? "nobody" : "the session was still there");
}

constexpr std::string_view naive_code = R"(  sessions["ann"] = hide(heap.make(here.random()).get());
  const std::size_t freed = heap.collect();
  session* const anns = found_again(sessions["ann"]);
  const std::uint64_t user = user_of(hidden(anns));
)";

int keep_a_share(situation& here) {
  session_heap heap;
  holdfast::map<std::string, std::shared_ptr<session>> sessions;
  const std::uint64_t ann = here.random();
  sessions["ann"] = heap.make(ann);
  const std::size_t while_held = heap.collect();
  const bool alive = user_of(sessions["ann"].get()) == ann;
  sessions.erase("ann");
  const std::size_t after = heap.collect();
  here.say("%zu freed while the map has a share, %zu after it", while_held, after);
  const bool right = while_held == 0 && alive && after == 1;
  return here.verdict(right, right ? "what is seen is kept, and no longer than that" : "the share was not seen");
}

constexpr std::string_view keep_a_share_code = R"(  holdfast::map<std::string, std::shared_ptr<session>> sessions;
  sessions["ann"] = heap.make(ann);
  const std::size_t while_held = heap.collect();
)";

int ask_first(situation& here) {
  session_heap heap;
  holdfast::map<std::string, std::weak_ptr<session>> sessions;
  sessions["ann"] = heap.make(here.random());
  const bool before = sessions["ann"].lock() != nullptr;
  heap.collect();
  const bool after = sessions["ann"].lock() != nullptr;
  here.say("before the heap was cleaned: %s, after: %s", before ? "there" : "gone", after ? "there" : "gone");
  const bool right = before && !after;
  return here.verdict(right, right ? "it keeps nothing, and says when it has gone" : "a weak reference lied");
}

constexpr std::string_view ask_first_code = R"(  holdfast::map<std::string, std::weak_ptr<session>> sessions;
  sessions["ann"] = heap.make(here.random());
  heap.collect();
  const bool after = sessions["ann"].lock() != nullptr;
)";

}  // namespace hidden_pointer_programs

hazard hidden_pointer() {
  using namespace hidden_pointer_programs;
  return {
      .id = "hidden-pointer",
      .story = "A pointer is kept as an integer, and whoever frees does not see it",
      .explanation =
          "The article keeps pointers as uintptr, to hide them from the collector and so to be rid of its work. It does get rid "
          "of it: the collector frees the object, because nothing that it can see refers to it, and the number is turned back "
          "into a pointer to nothing. Masked, tagged or compressed pointers are the same to every collector, and to every "
          "count of holders.\n"
          "Here the heap frees what has no other share, and the page vanishes. What is to be kept must be a share; what is not "
          "must be able to say that it has gone.",
      .from = {"A0", "4.2", "K0.20"},
      .in_go = {truth::yes, "a uintptr keeps nothing alive; that makes it no way to manage lifetimes"},
      .in_cpp = {truth::yes, "of every integer that stands for a pointer, where something else decides when to free"},
      .naive = {"naive",
                "keeps a masked pointer, and has the heap cleaned",
                naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true},
                naive_code},
      .cures = {{"keep-a-share", "the map holds a share, which is seen", keep_a_share, {}, keep_a_share_code},
                {"ask-first", "a weak reference keeps nothing, and tells", ask_first, {}, ask_first_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
