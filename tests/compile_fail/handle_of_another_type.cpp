// expect: cannot convert|no viable conversion|no matching|could not convert|no known conversion
#include <string>

#include <holdfast/lifetime/handle_pool.hpp>

int main() {
  holdfast::handle_pool<int> numbers;
  holdfast::handle_pool<std::string> names;
  return names.get(numbers.make(1)) != nullptr;
}
