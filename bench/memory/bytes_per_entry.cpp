// How many bytes does a map hold for an entry, on average over a whole doubling and at its peak?
//
// From n to 2n entries every flat map passes through one growth, so the average over that way does not
// depend on where it begins. Peers are given an allocator that counts what they ask for; holdfast grows
// inside memory that does not come from an allocator and is asked for stats().bytes. Both are checked
// against what the kernel says the process holds: each contender runs in a child of its own.
//
//   bytes     held for an entry, least / mean over the doubling / most (that is: at the peak of growth)
//   resident  the same, from /proc/self/statm; its peak from VmHWM
#include <cmath>

#include <sys/wait.h>
#include <unistd.h>

#include <bench/harness/counting_allocator.hpp>
#include <bench/harness/micro.hpp>

namespace holdfast::bench {
namespace {

struct point {
  double entries = 0;
  double bytes = 0;
  double peak = 0;  // the most since the point before
  double resident = 0;
};

struct account {
  std::string family;
  std::string name;
  std::size_t size = 0;
  std::vector<point> points;
  double resident_peak = 0;
};

constexpr int points_wanted = 40;

double resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long pages = 0;
  if (file == nullptr || std::fscanf(file, "%*u %lu", &pages) != 1) refuse("cannot read /proc/self/statm");
  std::fclose(file);
  return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

void forget_resident_peak() {
  std::FILE* file = std::fopen("/proc/self/clear_refs", "w");
  if (file == nullptr) return;
  std::fputs("5", file);
  std::fclose(file);
}

double resident_peak() {
  std::FILE* file = std::fopen("/proc/self/status", "r");
  if (file == nullptr) return 0;
  char line[256];
  unsigned long kib = 0;
  while (std::fgets(line, sizeof line, file) != nullptr) {
    if (std::sscanf(line, "VmHWM: %lu kB", &kib) == 1) break;
  }
  std::fclose(file);
  return static_cast<double>(kib) * 1024;
}

template <class Map>
double bytes_of(const Map& map) {
  if constexpr (requires { map.stats().bytes; }) {
    return static_cast<double>(map.stats().bytes);
  } else {
    return static_cast<double>(allocated().held);
  }
}

// Inserts up to `until` entries; the most bytes held on the way. holdfast's account takes time in
// proportion to the table, so it is taken where the peak can be: when growth begins and ends.
template <class Family, class Map>
double insert_up_to(Map& map, std::size_t until, const options& chosen) {
  allocated().most = allocated().held;
  double most = 0;
  for (std::size_t i = map.size(); i < until; ++i) {
    if constexpr (requires { map.growing(); }) {
      const bool grew = map.growing();
      map.try_emplace(Family::key_of(i, chosen.seed, chosen.shape), Family::value_of(i));
      if (grew != map.growing()) most = std::max(most, bytes_of(map));
    } else {
      map.try_emplace(Family::key_of(i, chosen.seed, chosen.shape), Family::value_of(i));
    }
  }
  return std::max({most, static_cast<double>(allocated().most), bytes_of(map)});
}

template <class Family, class Map>
account measured(const char* name, std::size_t size, const options& chosen) {
  account made{Family::name, name, size, {}, 0};
  const double before = resident_bytes();
  Map map;
  insert_up_to<Family>(map, size, chosen);
  malloc_trim(0);
  forget_resident_peak();
  for (int i = 0; i <= points_wanted; ++i) {
    const double entries = static_cast<double>(size) * std::exp2(static_cast<double>(i) / points_wanted);
    point next;
    next.peak = insert_up_to<Family>(map, static_cast<std::size_t>(entries), chosen);
    next.entries = static_cast<double>(map.size());
    next.bytes = bytes_of(map);
    next.resident = resident_bytes() - before;
    made.points.push_back(next);
  }
  made.resident_peak = resident_peak() - before;
  return made;
}

// Runs `measure` in a child and reads its points back, so that every contender starts from the same heap.
account in_child(const std::function<account()>& measure) {
  int ends[2];
  if (pipe(ends) != 0) refuse("cannot make a pipe");
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) refuse("cannot fork");
  if (child == 0) {
    const account made = measure();
    std::vector<double> words{made.resident_peak};
    for (const point& p : made.points) words.insert(words.end(), {p.entries, p.bytes, p.peak, p.resident});
    const std::size_t bytes = words.size() * sizeof(double);
    _exit(write(ends[1], words.data(), bytes) == static_cast<ssize_t>(bytes) ? 0 : 1);
  }
  close(ends[1]);
  double words[1 + 4 * (points_wanted + 1)];
  const ssize_t got = read(ends[0], words, sizeof words);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (got != static_cast<ssize_t>(sizeof words) || status != 0) refuse("the measuring child failed");
  account made;
  made.resident_peak = words[0];
  for (int i = 0; i <= points_wanted; ++i) {
    const double* p = words + 1 + 4 * i;
    made.points.push_back({p[0], p[1], p[2], p[3]});
  }
  return made;
}

// The mean of what `of` yields for an entry, every number of entries counting alike.
template <class Of>
double mean_per_entry(const account& one, Of&& of) {
  double area = 0;
  for (std::size_t i = 1; i < one.points.size(); ++i) {
    const point& a = one.points[i - 1];
    const point& b = one.points[i];
    area += (of(a) / a.entries + of(b) / b.entries) / 2 * (b.entries - a.entries);
  }
  return area / (one.points.back().entries - one.points.front().entries);
}

struct figures {
  double least, mean, peak, peak_bytes, resident_mean, resident_peak;
};

figures figures_of(const account& one) {
  figures f{1e300, 0, 0, 0, 0, one.resident_peak};
  for (std::size_t i = 1; i < one.points.size(); ++i) {
    const point& p = one.points[i];
    f.least = std::min(f.least, p.bytes / p.entries);
    // The peak lies between two points; the entries at the earlier one are at most 2 percent fewer.
    f.peak = std::max(f.peak, p.peak / p.entries);
    f.peak_bytes = std::max(f.peak_bytes, p.peak);
  }
  f.mean = mean_per_entry(one, [](const point& p) { return p.bytes; });
  f.resident_mean = mean_per_entry(one, [](const point& p) { return p.resident; });
  return f;
}

void print_table(const std::vector<account>& all) {
  if (all.empty()) return;
  std::printf("\nbytes for an entry, %s, from %zu to %zu entries\n", all[0].family.c_str(), all[0].size,
              2 * all[0].size);
  std::printf("  %-20s %7s %7s %7s  %10s %9s %9s %12s\n", "", "least", "mean", "peak", "peak MiB", "mean/ours",
              "peak/ours", "resident mean, peak MiB");
  const figures us = figures_of(all[0]);
  for (const account& one : all) {
    const figures f = figures_of(one);
    std::printf("  %-20s %7.2f %7.2f %7.2f  %10.1f %9.3f %9.3f %14.2f %8.1f\n", one.name.c_str(), f.least, f.mean,
                f.peak, f.peak_bytes / 1048576, f.mean / us.mean, f.peak_bytes / us.peak_bytes, f.resident_mean,
                f.resident_peak / 1048576);
  }
  std::fflush(stdout);
}

void write_account(std::FILE* to, const account& one, const char* comma) {
  const figures f = figures_of(one);
  std::fprintf(to,
               "%s        {\"name\": \"%s\", \"least\": %.3f, \"mean\": %.3f, \"peak\": %.3f, \"peak_bytes\": %.0f, "
               "\"resident_mean\": %.3f, \"resident_peak_bytes\": %.0f, \"points\": [",
               comma, one.name.c_str(), f.least, f.mean, f.peak, f.peak_bytes, f.resident_mean, f.resident_peak);
  for (std::size_t i = 0; i < one.points.size(); ++i) {
    const point& p = one.points[i];
    std::fprintf(to, "%s[%.0f, %.0f, %.0f, %.0f]", i == 0 ? "" : ", ", p.entries, p.bytes, p.peak, p.resident);
  }
  std::fputs("]}", to);
}

template <class Family>
std::vector<account> accounts_of(const options& chosen, std::size_t size) {
  std::vector<account> all;
  for_each_contender<counted_memory>([&]<class Face>(const char* name, Face) {
    if (!named_in(chosen.only, name)) return;
    using counted = typename Face::template map<typename Family::key, typename Family::value>;
    account made = in_child([&] { return measured<Family, counted>(name, size, chosen); });
    made.name = name;
    made.family = Family::name;
    made.size = size;
    all.push_back(std::move(made));
  });
  return all;
}

void write_family(std::FILE* to, const std::vector<account>& all, const char* comma) {
  if (to == nullptr || all.empty()) return;
  std::fprintf(to, "%s    {\"question\": \"bytes per entry\", \"family\": \"%s\", \"size\": %zu, \"contenders\": [",
               comma, all[0].family.c_str(), all[0].size);
  for (std::size_t i = 0; i < all.size(); ++i) write_account(to, all[i], i == 0 ? "\n" : ",\n");
  std::fputs("\n    ]}", to);
}

int answer(int count, char** words) {
  options chosen = options_from(count, words);
  if (!chosen.rest.empty()) refuse("'" + chosen.rest.front() + "' is not understood");
  prepare_machine(chosen);
  if (chosen.sizes.empty()) chosen.sizes = {chosen.quick ? std::size_t{100'000} : std::size_t{1'000'000}};
  std::FILE* json = chosen.json.empty() ? nullptr : open_for_writing(chosen.json);
  if (json != nullptr) {
    std::fprintf(
        json, "{\n  \"kind\": \"memory\", \"compiler\": \"%s\", \"vectors\": \"%s\", \"cpu\": \"%s\",\n  \"rows\": [\n",
        compiler_name(), vector_level(), cpu_model().c_str());
  }
  const char* comma = "";
  for (const std::size_t size : chosen.sizes) {
    for (const auto& all : {accounts_of<u64_to_pointer>(chosen, size), accounts_of<u64_to_64_bytes>(chosen, size)}) {
      print_table(all);
      write_family(json, all, comma);
      comma = ",\n";
    }
  }
  if (json != nullptr) {
    std::fputs("\n  ]\n}\n", json);
    std::fclose(json);
  }
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { return holdfast::bench::answer(count, words); }
