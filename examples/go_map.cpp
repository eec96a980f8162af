// Go's map in C++: a handle that shares, nil that reads as empty, and "comma ok".
#include <holdfast/map/go_map.hpp>

#include <cstdio>
#include <string>

namespace go = holdfast::go;

int main() {
  go::map<std::string, int> stock;  // nil: reads are fine, writes are refused
  std::printf("nil map: len %d, apples %d\n", static_cast<int>(stock.len()), stock.get("apples"));
  try {
    stock.set("apples", 1);
    return 1;
  } catch (const go::runtime_error& refused) {
    std::printf("refused: %s\n", refused.what());
  }

  stock = go::make_map<std::string, int>();
  stock["apples"] = 3;
  stock["apples"] += 2;

  auto same = stock;  // copying the handle shares the map
  same.set("pears", 4);

  if (auto [count, ok] = stock.lookup("pears"); ok) std::printf("pears: %d\n", count);
  int all = 0;
  for (auto [fruit, count] : stock) all += count;

  std::printf("%d pieces of fruit of %d kinds\n", all, static_cast<int>(len(stock)));
  return all == 9 ? 0 : 1;
}
