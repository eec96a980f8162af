// expect: holdfast: test it first: if \(auto p = x.checked\(\)\)
#include <holdfast/lifetime/must_check.hpp>

struct user {
  int age;
};

holdfast::must_check<user*> find();

int main() { return find()->age; }
