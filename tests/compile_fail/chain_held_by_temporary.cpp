// expect: deleted function|call to deleted member function
#include <memory>

#include <holdfast/lifetime/chain.hpp>

struct user {
  [[nodiscard]] std::shared_ptr<int> age() const { return std::make_shared<int>(41); }
};

int main() {
  user ann;
  const int* const age = holdfast::chain(ann).then(&user::age).get();
  return *age;
}
