// A program whose C library frees what a registry of holdfast still holds; the real guard is to tell the registry.
//
//   held registry|map report|abort|heal|mark free|realloc|delete|munmap
//   held uses     two threads, one of which uses what the other one's library frees
//   held over     a registry that has ended is not asked
#include <holdfast/managed/resource_map.hpp>

#include <dlfcn.h>
#include <sys/mman.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <thread>

using namespace holdfast;

// ---- the C library: it has pictures, and a mistake --------------------------------------------------------------

extern "C" {

struct picture {
  char title[48];
};
static int pictures_closed = 0;

[[gnu::noinline]] picture* picture_open(std::string_view way) {
  void* memory = nullptr;
  if (way == "delete") memory = ::operator new(sizeof(picture));
  else if (way == "munmap") memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  else memory = std::malloc(sizeof(picture));
  std::strcpy(static_cast<picture*>(memory)->title, "a sunset");
  return static_cast<picture*>(memory);
}

[[gnu::noinline]] void picture_close(picture* one) {
  ++pictures_closed;
  std::free(one);
}
static void picture_delete(picture* one) {
  ++pictures_closed;
  ::operator delete(one);
}
static void picture_unmap(picture* one) {
  ++pictures_closed;
  munmap(one, 4096);
}

// The mistake. Gives what realloc gave.
[[gnu::noinline]] picture* picture_cache_flush(picture* one, std::string_view way) {
  if (way == "realloc") return static_cast<picture*>(std::realloc(one, 4000));
  if (way == "delete") ::operator delete(one);
  else if (way == "munmap") munmap(one, 4096);
  else std::free(one);
  return nullptr;
}
}

// ---- the program -------------------------------------------------------------------------------------------------

namespace {

using closer = void (*)(picture*);

closer closer_for(std::string_view way) {
  if (way == "delete") return picture_delete;
  return way == "munmap" ? picture_unmap : picture_close;
}

when_freed reaction_named(std::string_view name) {
  if (name == "abort") return when_freed::abort;
  if (name == "heal") return when_freed::heal;
  return name == "mark" ? when_freed::mark : when_freed::report;
}

[[gnu::noinline]] resource_share<picture> adopt_picture(resource_registry& registry, std::string_view way) {
  return registry.adopt(picture_open(way), closer_for(way), {.size = sizeof(picture), .name = "sunset"});
}

void look(resource_registry& registry, resource_handle handle) {
  const bool used = registry.with<picture>(handle, [](picture* one) { std::printf("used: %s\n", one->title); });
  if (!used) std::printf("refused: %s\n", text_of(registry.fault(handle)));
}

void tell(const resource_registry& registry) {
  const resource_stats now = registry.stats();
  std::printf("live %d freed by C %d kept %d callbacks %d closed %d\n", static_cast<int>(now.live),
              static_cast<int>(now.freed_by_c), static_cast<int>(now.kept), static_cast<int>(now.freed),
              pictures_closed);
}

int from_registry(when_freed how, std::string_view way) {
  resource_registry registry({.name = "pictures", .freed = how, .stacks = true});
  auto share = adopt_picture(registry, way);
  const resource_handle handle = share.handle();
  picture* const known = share.get();
  look(registry, handle);
  picture* const moved = picture_cache_flush(known, way);
  if (moved != nullptr) std::printf("moved: %s\n", moved->title);
  std::free(moved);
  look(registry, handle);
  // What comes after it may have its address, and is another resource.
  const auto next = adopt_picture(registry, way);
  look(registry, handle);
  look(registry, next.handle());
  share.reset();
  registry.drain();
  tell(registry);
  return 0;
}

int from_map(when_freed how, std::string_view way) {
  resource_registry registry({.name = "album", .freed = how, .stacks = true});
  {
    resource_map<std::string, picture> album(registry);
    album.adopt("evening", picture_open(way), closer_for(way));
    picture* const known = album.get("evening").get();
    picture* const moved = picture_cache_flush(known, way);
    std::free(moved);
    const bool used = album.with("evening", [](picture* one) { std::printf("used: %s\n", one->title); });
    const auto swept = album.erase_freed();
    std::printf("used %d, swept out %d, left %d\n", used, static_cast<int>(swept), static_cast<int>(album.size()));
  }
  registry.drain();
  tell(registry);
  return 0;
}

// Under `heal` what is being used stays what it is while the library frees it.
int used_meanwhile() {
  resource_registry registry({.freed = when_freed::heal, .most_reports = 0});
  int wrong = 0;
  for (int round = 0; round < 200; ++round) {
    auto share = adopt_picture(registry, "free");
    const resource_handle handle = share.handle();
    picture* const known = share.get();
    std::atomic<bool> begun{false};
    std::thread other([&] {
      while (!begun) {}
      picture_cache_flush(known, "free");
      for (int i = 0; i < 20; ++i) std::free(std::memset(std::malloc(sizeof(picture)), 'x', sizeof(picture)));
    });
    registry.with<picture>(handle, [&](picture* one) {
      begun = true;
      share.reset();
      for (int i = 0; i < 1000; ++i) wrong += std::strcmp(one->title, "a sunset") != 0;
    });
    other.join();
  }
  registry.drain();
  std::printf("wrong %d closed %d\n", wrong, pictures_closed);
  return 0;
}

int over() {
  picture* const one = picture_open("free");
  {
    resource_registry registry({.name = "ended"});
    auto share = registry.adopt(one, adoption{});
  }
  picture_cache_flush(one, "free");
  std::puts("nobody asked");
  return 0;
}

}  // namespace

int main(int count, char** words) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (dlsym(RTLD_DEFAULT, "holdfast_guard_connect") == nullptr) std::puts("no guard");
  const std::string_view what = count > 1 ? words[1] : "";
  if (what == "uses") return used_meanwhile();
  if (what == "over") return over();
  if (count < 4) return 2;
  return what == "map" ? from_map(reaction_named(words[2]), words[3])
                       : from_registry(reaction_named(words[2]), words[3]);
}
