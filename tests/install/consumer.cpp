// What every consumer compiles: the smallest program that needs the headers and the library.
#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>
#include <holdfast/map/set.hpp>

#include <string>

int main() {
  holdfast::map<std::string, int> ages;
  ages["ann"] = 31;
  holdfast::set<int> numbers;
  numbers.insert(7);
  auto shared = holdfast::go::make_map<int, int>();
  shared.set(1, 2);
  return ages.get_or("ann", 0) == 31 && numbers.contains(7) && shared.get(1) == 2 ? 0 : 1;
}
