// Loads the library that argument 1 names, for itself alone, and calls it. Uses no C++ library.
#include <cstdio>

#include <dlfcn.h>

int main(int count, char** words) {
  void* const library = count > 1 ? dlopen(words[1], RTLD_NOW | RTLD_LOCAL) : nullptr;
  if (library == nullptr) return puts("cannot load"), 1;
  const auto work = reinterpret_cast<int (*)(int)>(dlsym(library, "work"));
  printf("%d\n", work(1000));
  printf("closed %d\n", dlclose(library));
  return 0;
}
