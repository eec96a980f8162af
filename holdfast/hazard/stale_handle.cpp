// An index stands for an object, the object goes, and another one gets its place.
#include <holdfast/hazard/catalogue.hpp>

#include <string>
#include <vector>

#include <holdfast/hazard/situation.hpp>
#include <holdfast/lifetime/handle_pool.hpp>
#include <holdfast/lifetime/sync_handle_pool.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace stale_handle_programs {

struct session {
  std::string user;
};

// Places are used again, as in any table of slots; what stands for an object is its place.
class session_table {
 public:
  std::size_t open(std::string user) {
    if (vacant_.empty()) {
      sessions_.push_back({std::move(user)});
      return sessions_.size() - 1;
    }
    const std::size_t place = vacant_.back();
    vacant_.pop_back();
    sessions_[place].user = std::move(user);
    return place;
  }
  void close(std::size_t place) { vacant_.push_back(place); }
  [[nodiscard]] const session& at(std::size_t place) const { return sessions_[place]; }

 private:
  std::vector<session> sessions_;
  std::vector<std::size_t> vacant_;
};

int naive(situation& here) {
  session_table table;
  holdfast::map<std::string, std::size_t> session_of;
  session_of["ann"] = table.open("ann");
  table.close(session_of["ann"]);
  const std::size_t bobs = table.open("bob");
  here.say("ann's session was number %zu and is closed; bob's is number %zu", session_of["ann"], bobs);
  const std::string& user = table.at(session_of["ann"]).user;
  here.say("ann's number leads to the session of %s", user.c_str());
  return here.verdict(user == "ann", user == "ann" ? "her own" : "a stranger's session under an old number");
}

constexpr std::string_view naive_code = R"(  session_of["ann"] = table.open("ann");
  table.close(session_of["ann"]);
  const std::size_t bobs = table.open("bob");
  const std::string& user = table.at(session_of["ann"]).user;
)";

int generation(situation& here) {
  holdfast::handle_pool<session> pool;
  holdfast::map<std::string, handle<session>> session_of;
  session_of["ann"] = pool.make(session{"ann"});
  pool.erase(session_of["ann"]);
  session_of["bob"] = pool.make(session{"bob"});
  const bool told = pool.state(session_of["ann"]) == handle_state::stale && pool.get(session_of["ann"]) == nullptr;
  here.say("ann's handle: %s", pool.explain(session_of["ann"]).c_str());
  const bool right = told && pool.get(session_of["bob"])->user == "bob";
  return here.verdict(right, right ? "a stale handle says so, and why, whoever has the place now" : "not told");
}

constexpr std::string_view generation_code = R"(  session_of["ann"] = pool.make(session{"ann"});
  pool.erase(session_of["ann"]);
  session_of["bob"] = pool.make(session{"bob"});
  const bool told = pool.state(session_of["ann"]) == handle_state::stale && pool.get(session_of["ann"]) == nullptr;
)";

int weak_reference(situation& here) {
  holdfast::sync_handle_pool<session> pool;
  const holdfast::weak<session> kept = pool.make(session{"ann"});
  const auto held = kept.pin();
  pool.erase(kept);
  static_cast<void>(pool.make(session{"bob"}));
  const bool right = held->user == "ann" && !kept.pin() && kept.expired();
  here.say("what was pinned is still %s's; the reference pins nothing more: %s", held->user.c_str(), kept.explain().c_str());
  return here.verdict(right, right ? "it pins its own object or none" : "a weak reference lied");
}

constexpr std::string_view weak_reference_code = R"(  const holdfast::weak<session> kept = pool.make(session{"ann"});
  const auto held = kept.pin();
  pool.erase(kept);
)";

}  // namespace stale_handle_programs

hazard stale_handle() {
  using namespace stale_handle_programs;
  return {
      .id = "stale-handle",
      .story = "An index stands for an object that has gone, and leads to the one that came after",
      .explanation =
          "A number instead of a pointer cannot be followed into freed memory, and the article recommends it. But a number that is "
          "a place in a table is used again as an address is, only sooner: the last place that was freed is the next to be "
          "taken. Whoever kept the old number now has somebody else's session, with no fault and no tool that could see "
          "one.\n"
          "A place together with a generation is never the same twice. It costs one comparison, and it can tell how the object "
          "ended.",
      .from = {"A2", "4.2", "K2.16, K2.2"},
      .in_go = {truth::yes, "of every index into a slice; cgo.Handle counts up and never comes again"},
      .in_cpp = {truth::yes, "the same"},
      .naive = {"naive", "keeps the number of a closed session", naive, {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"generation", "handle_pool: place and generation; a stale handle is told, with the reason", generation, {},
                 generation_code},
                {"weak-reference", "sync_handle_pool: a weak reference pins its own object or none", weak_reference, {},
                 weak_reference_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
