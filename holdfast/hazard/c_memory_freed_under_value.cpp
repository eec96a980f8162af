// A map keeps a pointer into memory of a C library, and the library frees it.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <cstring>
#include <memory>
#include <string>

#include <holdfast/concurrent/pointer_cache.hpp>
#include <holdfast/hazard/c_memory.hpp>
#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/lifetime/resource_registry.hpp>
#include <holdfast/managed/resource_map.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace c_memory_freed_under_value_programs {

constexpr std::size_t buffer_bytes = 32;

[[gnu::noinline]] std::size_t length_of(const char* text) { return std::strlen(text); }

int naive(situation& here) {
  holdfast::map<std::string, char*> buffers;
  char* const buffer = c_strdup("from a C library");
  buffers["ann"] = buffer;
  here.say("the map has %p under \"ann\"", static_cast<void*>(buffer));
  c_free(buffer);
  here.say("the library has freed it; the map has %zu entry still", buffers.size());
  here.expect_fault(buffer, buffer_bytes);
  const std::size_t length = length_of(hidden(buffers["ann"]));
  return here.verdict(false, length == 0 ? "it was empty" : "the memory was still there");
}

constexpr std::string_view naive_code = R"(  buffers["ann"] = buffer;
  c_free(buffer);
  const std::size_t length = length_of(hidden(buffers["ann"]));
)";

// Who gives memory back to the library: an owner knows.
struct c_deleter {
  void operator()(char* block) const noexcept { c_free(block); }
};

int owned(situation& here) {
  holdfast::map<std::string, std::unique_ptr<char, c_deleter>> buffers;
  buffers["ann"].reset(c_strdup("from a C library"));
  char* const first = buffers["ann"].get();
  while (buffers.size() < 10'000) buffers[std::to_string(here.random())] = nullptr;
  const bool same = buffers["ann"].get() == first && length_of(first) == 16;
  const bool erased = buffers.erase("ann") == 1;
  here.say("the entry owns the buffer: through growth %s, and freed with the entry", same ? "unharmed" : "lost");
  return here.verdict(same && erased, same && erased ? "nobody can free it but the entry" : "the buffer was lost");
}

constexpr std::string_view owned_code = R"(  holdfast::map<std::string, std::unique_ptr<char, c_deleter>> buffers;
  buffers["ann"].reset(c_strdup("from a C library"));
  const bool erased = buffers.erase("ann") == 1;
)";

int counted(situation& here) {
  holdfast::map<std::string, std::shared_ptr<char>> buffers;
  std::shared_ptr<char> librarys(c_strdup("from a C library"), c_deleter());
  buffers["ann"] = librarys;
  const std::weak_ptr<char> watch = librarys;
  librarys.reset();
  const bool alive = length_of(buffers["ann"].get()) == 16;
  buffers.erase("ann");
  here.say("after the library's share: %s; after the map's: %s", alive ? "there" : "gone",
           watch.expired() ? "gone" : "there");
  const bool right = alive && watch.expired();
  return here.verdict(right, right ? "freed by whoever lets go last, once" : "the count was wrong");
}

constexpr std::string_view counted_code =
    R"(  std::shared_ptr<char> librarys(c_strdup("from a C library"), c_deleter());
  buffers["ann"] = librarys;
  librarys.reset();
  const bool alive = length_of(buffers["ann"].get()) == 16;
  buffers.erase("ann");
)";

int pinned(situation& here) {
  holdfast::pointer_cache<std::string, char> buffers;
  buffers.store("ann", c_strdup("from a C library"), c_deleter());
  const auto found = buffers.load("ann");
  buffers.erase("ann");
  const bool gone = !buffers.load("ann");
  const bool alive = length_of(&*found) == 16;
  here.say("the entry is %s, its buffer %s while a reader has it", gone ? "gone" : "there", alive ? "there" : "gone");
  return here.verdict(gone && alive, gone && alive ? "freed when the last reader has let go" : "a pin did not hold");
}

constexpr std::string_view pinned_code = R"(  buffers.store("ann", c_strdup("from a C library"), c_deleter());
  const auto found = buffers.load("ann");
  buffers.erase("ann");
  const bool alive = length_of(&*found) == 16;
)";

int registered(situation& here) {
  resource_registry registry({.freed = when_freed::mark});
  holdfast::resource_map<std::string, char> buffers(registry);
  char* const buffer = c_strdup("from a C library");
  buffers.adopt("ann", buffer, c_free);
  bool before = false;
  buffers.with("ann", [&](char* text) { before = length_of(text) == 16; });
  if (!registry.note_freed(buffer)) c_free(buffer);
  const bool after = buffers.with("ann", [](char*) {});
  here.say("usable before: %s; after C has freed it: %s", before ? "yes" : "no", after ? "yes" : "no");
  const bool right = before && !after;
  return here.verdict(right, right ? "the entry is refused from the moment that C frees" : "freed memory was handed out");
}

constexpr std::string_view registered_code = R"(  holdfast::resource_map<std::string, char> buffers(registry);
  buffers.adopt("ann", buffer, c_free);
  if (!registry.note_freed(buffer)) c_free(buffer);
  const bool after = buffers.with("ann", [](char*) {});
)";

}  // namespace c_memory_freed_under_value_programs

hazard c_memory_freed_under_value() {
  using namespace c_memory_freed_under_value_programs;
  return {
      .id = "c-memory-freed-under-value",
      .story = "A map keeps a pointer into C's memory, and C frees it without telling",
      .explanation =
          "A pointer from a C library is an address and nothing else. The map copies it, and so does every reader; when the "
          "library frees the block, all the copies stay as they were. The entry is found, its pointer is not null, and following "
          "it reads memory that belongs to nobody or, after the next malloc, to somebody else. Here the block's pages lose all "
          "access when it is freed, so that the first use faults.\n"
          "Go's collector does not see C memory and cannot help; the article is right about that. A map of C pointers has to "
          "own what it points at, or to hold a share of it.",
      .from = {"A2", "intro, 3.1", "K2.1, K2.11"},
      .in_go = {truth::yes, "C memory is outside the collector's reach; following the pointer is use after free"},
      .in_cpp = {truth::yes, "the same, for every pointer that owns nothing"},
      .naive = {"naive",
                "stores C's pointer, lets C free it and reads through the map",
                naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true},
                naive_code},
      .cures =
          {{"owned", "the entry owns the block; it is freed with the entry and by nobody else", owned, {}, owned_code},
           {"counted", "library and map hold a share each; the last one frees", counted, {}, counted_code},
           {"pinned", "pointer_cache takes the block with its deleter, and readers pin it", pinned, {}, pinned_code},
                {"registered", "resource_map hears of the free and refuses the entry from then on", registered, {},
                 registered_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
