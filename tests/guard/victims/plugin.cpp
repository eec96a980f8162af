// A library in C++ that a program without C++ loads for itself alone.
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

extern "C" int work(int count) {
  std::map<int, std::string> tree;
  std::unordered_map<int, std::unique_ptr<int>> hash;
  for (int i = 0; i < count; ++i) {
    tree[i] = std::string(static_cast<std::size_t>(i % 100), 'x');
    hash[i] = std::make_unique<int>(i);
    if (i % 3 == 0) {
      tree.erase(i / 2);
      hash.erase(i / 2);
    }
  }
  delete[] new int[5];
  return static_cast<int>(tree.size() * 1000 + hash.size());
}
