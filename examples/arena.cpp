// Objects of one request in an arena: made in a few instructions, ended together, found out about when kept too long.
#include <holdfast/base/memory/request_arena.hpp>
#include <holdfast/managed/arena_map.hpp>
#include <holdfast/map/map.hpp>

#include <cstdio>
#include <string_view>

struct order {
  int number;
  std::string_view title;
};

int main() {
  // Once for each worker; its chunks serve request after request.
  holdfast::arena memory({.name = "requests", .escapes = holdfast::on_escape::copy_out});
  holdfast::map<int, holdfast::escaped<int>> totals;  // lives longer than a request
  holdfast::arena_ptr<order> kept_too_long;

  for (int number = 0; number < 1000; ++number) {
    holdfast::request_arena request(memory);
    holdfast::arena_map<int, order> orders(*request);
    for (int line = 0; line < 10; ++line) orders.make(line, number, request->make_string("books"));
    kept_too_long = orders.ptr(3);

    // What outlives the request says so, and is copied out at its end.
    totals.try_emplace(number, *request, request->make<int>(static_cast<int>(orders.size())));
  }

  std::printf("%zu bytes held, %zu used; the order is %s: %s\n", memory.stats().bytes_held, memory.stats().bytes_used,
              kept_too_long ? "there" : "gone", holdfast::text_of(kept_too_long.why()).c_str());
  int sum = 0;
  for (const auto& [number, total] : totals) sum += *total;
  return sum == 10'000 && !kept_too_long && memory.stats().bytes_used == 0 ? 0 : 1;
}
