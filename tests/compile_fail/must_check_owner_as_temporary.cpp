// expect: deleted function|call to deleted member function
#include <memory>

#include <holdfast/lifetime/must_check.hpp>

holdfast::must_check<std::unique_ptr<int>> make();

int main() {
  if (auto found = make().checked()) return *found;
  return 0;
}
