// expect: read-only|const
// The elements of a set are constant: changing one would put it in the wrong bucket.
#include <holdfast/map/set.hpp>

int main() {
  holdfast::set<int> set{1};
  *set.begin() = 2;
}
