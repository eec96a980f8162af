// A table of pointers that the guard is shown. Argument 1 says what becomes of the entries.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>

#include "guard/guard.h"

struct entry {
  int key;
  char* value;
};

static void release(char* value) { free(value); }

int main(int count, char** words) {
  const auto show =
      reinterpret_cast<decltype(&holdfast_guard_register_table)>(dlsym(RTLD_DEFAULT, "holdfast_guard_register_table"));
  const auto hide = reinterpret_cast<decltype(&holdfast_guard_unregister_table)>(
      dlsym(RTLD_DEFAULT, "holdfast_guard_unregister_table"));
  if (show == nullptr || hide == nullptr) return puts("no guard"), 0;
  const char* const what = count > 1 ? words[1] : "";
  constexpr std::size_t entries = 32;
  auto* const table = static_cast<entry*>(calloc(entries, sizeof(entry)));
  for (std::size_t i = 0; i < entries; ++i) table[i] = {static_cast<int>(i), static_cast<char*>(malloc(100 + i))};
  printf("shown %d\n", show(table, entries * sizeof(entry), sizeof(entry), offsetof(entry, value), "sessions"));
  if (strcmp(what, "stay") == 0) {
    release(table[5].value);
  } else if (strcmp(what, "leave") == 0) {
    for (std::size_t i = 0; i < entries; ++i) {
      release(table[i].value);
      table[i].value = nullptr;
    }
  } else if (strcmp(what, "grow") == 0) {
    for (std::size_t i = 0; i < entries; ++i) {
      memset(table[i].value, 'v', 100);
      table[i].value = static_cast<char*>(realloc(table[i].value, 3000));
      if (table[i].value[99] != 'v') puts("lost");
    }
  } else if (strcmp(what, "inside") == 0) {
    char* const block = table[7].value;
    table[7].value = block + 50;
    release(block);
  } else if (strcmp(what, "table-freed") == 0) {
    char* const value = table[3].value;
    release(value);
    free(table);
  } else if (strcmp(what, "hidden") == 0) {
    release(table[5].value);
    printf("hidden %d\n", hide(table));
    printf("again %d\n", hide(table));
  } else if (strcmp(what, "wrong") == 0) {
    printf("%d %d %d %d\n", show(nullptr, 64, 8, 0, "a"), show(table, 64, 4, 0, "a"), show(table, 64, 8, 1, "a"),
           show(table, 4, 8, 0, "a"));
  }
  for (int i = 0; i < 100; ++i) free(malloc(30));
  puts("end");
  return 0;
}
