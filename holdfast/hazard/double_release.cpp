// One C resource under two keys, and each entry gives it back when it goes.
#include <holdfast/hazard/catalogue.hpp>

#include <array>
#include <memory>
#include <string>

#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/lifetime/alias_audit.hpp>
#include <holdfast/lifetime/resource_registry.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace double_release_programs {

struct connection {
  connection* next = nullptr;
  int user = 0;
};

// As C libraries do it: what is free is a list through the objects themselves.
class connection_pool {
 public:
  connection_pool() {
    for (connection& one : all_) release(&one);
    releases_ = 0;
  }
  [[nodiscard]] connection* acquire() {
    connection* const first = hidden(free_);
    free_ = first->next;
    return first;
  }
  void release(connection* one) {
    one->next = free_;
    free_ = one;
    ++releases_;
  }
  [[nodiscard]] int releases() const noexcept { return releases_; }

 private:
  std::array<connection, 4> all_;
  connection* free_ = nullptr;
  int releases_ = 0;
};

int naive(situation& here) {
  connection_pool pool;
  holdfast::map<std::string, connection*> of_user;
  of_user["ann"] = pool.acquire();
  of_user["ann's tablet"] = of_user["ann"];
  for (const auto& [user, one] : of_user) pool.release(one);
  of_user.clear();
  here.say("two entries had one connection; it was released %d times", pool.releases());
  connection* const bobs = pool.acquire();
  connection* const eves = pool.acquire();
  bobs->user = 1;
  eves->user = 2;
  here.say("bob got %p, eve got %p", static_cast<void*>(bobs), static_cast<void*>(eves));
  const bool apart = bobs != eves;
  return here.verdict(apart, apart ? "each has a connection" : "bob and eve have one connection, and it is eve's");
}

constexpr std::string_view naive_code = R"(  of_user["ann"] = pool.acquire();
  of_user["ann's tablet"] = of_user["ann"];
for (const auto& [user, one] : of_user) pool.release(one);
)";

bool gives_each_its_own(connection_pool& pool) {
  return pool.acquire() != pool.acquire();
}

int counted(situation& here) {
  connection_pool pool;
  const auto release = [&](connection* one) { pool.release(one); };
  holdfast::map<std::string, std::shared_ptr<connection>> of_user;
  of_user["ann"] = std::shared_ptr<connection>(pool.acquire(), release);
  of_user["ann's tablet"] = of_user["ann"];
  of_user.clear();
  here.say("two entries had one connection; it was released %s", pool.releases() == 1 ? "once" : "not once");
  const bool right = pool.releases() == 1 && gives_each_its_own(pool);
  return here.verdict(right, right ? "a share is given back, and the last one releases" : "released more than once");
}

constexpr std::string_view counted_code = R"(  of_user["ann"] = std::shared_ptr<connection>(pool.acquire(), release);
  of_user["ann's tablet"] = of_user["ann"];
of_user.clear();
)";

int one_end(situation& here) {
  connection_pool pool;
  resource_registry registry;
  const auto release = [](void* context, void* one, std::size_t) {
    static_cast<connection_pool*>(context)->release(static_cast<connection*>(one));
  };
  holdfast::map<std::string, resource_share<connection>> of_user;
  of_user["ann"] = registry.adopt(pool.acquire(), adoption{.free = release, .context = &pool, .watched = false});
  const resource_handle handle = of_user["ann"].handle();
  of_user["ann's tablet"] = registry.share<connection>(handle);
  of_user.clear();
  registry.drain();
  const bool refused = !registry.share<connection>(handle);
  here.say("released %d time; a further share of that handle is %s", pool.releases(), refused ? "refused" : "given");
  const bool right = refused && pool.releases() == 1 && gives_each_its_own(pool);
  return here.verdict(right, right ? "released once, after the last share, and never again" : "released more than once");
}

constexpr std::string_view one_end_code = R"(  of_user["ann's tablet"] = registry.share<connection>(handle);
  of_user.clear();
  registry.drain();
  const bool refused = !registry.share<connection>(handle);
)";

int audited(situation& here) {
  connection_pool pool;
  holdfast::map<std::string, connection*> of_user;
  of_user["ann"] = pool.acquire();
  of_user["ann's tablet"] = of_user["ann"];
  of_user["bob"] = pool.acquire();
  const auto found = alias_audit(of_user);
  here.say("%s", alias_text(found).c_str());
  for (const auto& one : found.groups) {
    for (std::size_t other = 1; other < one.keys.size(); ++other) of_user.erase(one.keys[other]);
  }
  for (const auto& [user, one] : of_user) pool.release(one);
  const bool right = found.groups.size() == 1 && pool.releases() == 2 && gives_each_its_own(pool);
  return here.verdict(right, right ? "the audit names both keys; one of them releases" : "an alias was not found");
}

constexpr std::string_view audited_code = R"(  const auto found = alias_audit(of_user);
  for (const auto& one : found.groups) {
    for (std::size_t other = 1; other < one.keys.size(); ++other) of_user.erase(one.keys[other]);
  }
  for (const auto& [user, one] : of_user) pool.release(one);
)";

}  // namespace double_release_programs

hazard double_release() {
  using namespace double_release_programs;
  return {
      .id = "double-release",
      .story = "One C resource lies under two keys, and each entry releases it",
      .explanation =
          "A pointer can be stored twice as easily as once, and clearing a map that releases what it holds then releases one "
          "resource twice. malloc may notice and abort, if nothing came between the two; a pool that keeps what is free in a list "
          "does not. Its list has the object twice, and the next two who ask for a connection get the same one: nothing "
          "crashes, and one user reads the other's mail.\n"
          "Nothing in the pointer says who releases. A count does, or an owner that cannot be copied.",
      .from = {"A2", "4.1", "K2.14, K2.15"},
      .in_go = {truth::yes, "of C resources; memory of Go's own cannot be released at all"},
      .in_cpp = {truth::yes, "the same, for every raw pointer that several places release"},
      .naive = {"naive",
                "releases what each of two entries points at; it is one connection",
                naive,
                {.ending = ending::wrong_answer},
                naive_code},
      .cures = {{"counted", "entries hold shares; the last one releases, once", counted, {}, counted_code},
                {"one-end", "a resource_registry releases once, and refuses its handle from then on", one_end, {}, one_end_code},
                {"audited",
                 "alias_audit names the keys of each shared object before anything is released",
                 audited,
                 {},
                 audited_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
