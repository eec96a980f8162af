// A wrapper frees C's memory when it goes, and a copy of the pointer inside does not know.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <memory>
#include <string>

#include <holdfast/concurrent/pointer_cache.hpp>
#include <holdfast/hazard/c_memory.hpp>
#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace destructor_misses_copy_programs {

// What a finalizer is in Go a destructor is here: it watches the wrapper, not the pointer.
class c_text {
 public:
  explicit c_text(std::string_view text) : text_(c_strdup(text)) {}
  c_text(const c_text&) = delete;
  c_text& operator=(const c_text&) = delete;
  ~c_text() { c_free(text_); }

  [[nodiscard]] const char* get() const noexcept { return text_; }

 private:
  char* text_;
};

[[gnu::noinline]] char first_of(const char* text) { return *text; }

int naive(situation& here) {
  holdfast::map<std::string, const char*> names;
  {
    const c_text name("ann of the green hill");
    names["ann"] = name.get();
    here.say("the map has a copy of the pointer %p", static_cast<const void*>(name.get()));
  }
  here.say("the wrapper has gone, and its destructor has freed the text as it should");
  here.expect_fault(names["ann"], page_bytes);
  return here.verdict(false, first_of(hidden(names["ann"])) == 'a' ? "the text was still there" : "another text");
}

constexpr std::string_view naive_code = R"(  {
    const c_text name("ann of the green hill");
    names["ann"] = name.get();
  }
  return here.verdict(false, first_of(hidden(names["ann"])) == 'a' ? "the text was still there" : "another text");
)";

int store_the_owner(situation& here) {
  holdfast::map<std::string, std::shared_ptr<const c_text>> names;
  std::weak_ptr<const c_text> watch;
  {
    const auto name = std::make_shared<const c_text>("ann of the green hill");
    names["ann"] = name;
    watch = name;
  }
  const bool alive = first_of(names["ann"]->get()) == 'a';
  names.erase("ann");
  const bool right = alive && watch.expired();
  here.say("there while the map has the wrapper: %s; gone with the entry: %s", alive ? "yes" : "no",
           watch.expired() ? "yes" : "no");
  return here.verdict(right, right ? "the map keeps the wrapper, and the wrapper the text" : "not kept");
}

constexpr std::string_view store_the_owner_code =
    R"(    const auto name = std::make_shared<const c_text>("ann of the green hill");
    names["ann"] = name;
  const bool alive = first_of(names["ann"]->get()) == 'a';
)";

int pin_the_owner(situation& here) {
  holdfast::pointer_cache<std::string, c_text> names;
  names.store("ann", std::make_unique<c_text>("ann of the green hill"));
  const auto name = names.load("ann");
  names.clear();
  const char first = first_of(name->get());
  here.say("the cache is empty; what is pinned begins with '%c'", first);
  return here.verdict(first == 'a', first == 'a' ? "no destructor runs while a pin is there" : "a pin did not hold");
}

constexpr std::string_view pin_the_owner_code = R"(  const auto name = names.load("ann");
  names.clear();
  const char first = first_of(name->get());
)";

}  // namespace destructor_misses_copy_programs

hazard destructor_misses_copy() {
  using namespace destructor_misses_copy_programs;
  return {
      .id = "destructor-misses-copy",
      .story = "A wrapper frees C's memory in time, and a copy of its pointer stays in the map",
      .explanation =
          "A wrapper with a finalizer looks like the answer for C memory: nobody has to remember to free. But a finalizer "
          "watches the wrapper. Whoever takes the C pointer out and stores that, stores a number that keeps nothing alive, "
          "and when the wrapper goes, the finalizer frees the memory under the copy. The article is right that finalizers "
          "cannot save copies of a C pointer.\n"
          "A destructor is the same and only more punctual: here it runs at the closing brace. What goes into the map has to "
          "be the wrapper, or a share of it.",
      .from = {"A2", "3.2", "K2.12"},
      .in_go = {truth::yes, "a finalizer sees the Go wrapper only; C pointers are numbers to the collector"},
      .in_cpp = {truth::yes, "a destructor runs when its object goes, whoever has copied what is inside"},
      .naive = {"naive",
                "stores the pointer of a wrapper whose scope ends",
                naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true},
                naive_code},
      .cures =
          {{"store-the-owner",
            "the map holds shares of the wrapper, not what is inside it",
            store_the_owner,
            {},
            store_the_owner_code},
           {"pin-the-owner", "the cache owns the wrapper, and readers pin it", pin_the_owner, {}, pin_the_owner_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
