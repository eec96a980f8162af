// How many operations a second get threads through one map, and how long do they wait for a read?
//
//   read-only, 99/1, 90/10, 50/50   reads and writes of keys that are there, drawn uniformly, by Zipf's law, or one only
//
//   insert growth                   threads fill an empty map together
//
//   reads while growing             one thread reads the first entries, another makes the map a thousand times as
//                                   large; beside it the same reads of the map at rest, before and afterwards
//
// One row in seconds:  --questions 99/1 --keys u64 --spread zipf --sizes 1e6 --threads 2 --only 'sync_map,tbb'
#include <bench/scale/roster.hpp>
#include <bench/scale/rows.hpp>

namespace holdfast::bench {
namespace {

struct mix_named {
  const char* name;
  unsigned writes_in_1000;
};
constexpr mix_named mixes[] = {{"read-only", 0}, {"99/1", 10}, {"90/10", 100}, {"50/50", 500}};
constexpr const char* insert_growth = "insert growth";
constexpr const char* while_growing = "reads while growing";
constexpr const char* at_rest = "reads at rest";
constexpr const char* grown_at_rest = "reads at rest, grown";

// What every round of a row asks one contender.
template <class Family, class Ask>
scale_row interleave(scale_row about, const std::vector<subject<Family>*>& all, const settings& chosen, double scale,
                     Ask&& ask) {
  for (const auto& one : all) about.entries.push_back({one->name, {}, {}, {}});
  for (int round = -1; round < chosen.shared.rounds; ++round) {
    for (std::size_t place = 0; place < all.size(); ++place) {
      const std::size_t at = runner::turn(static_cast<std::size_t>(round + 1), place, all.size());
      const outcome now = ask(*all[at]);
      if (round < 0) continue;  // the first round warms up
      scale_entry& into = about.entries[at];
      into.rates.push_back(rate_of(now, chosen));
      into.reads.merge(now.reads);
      into.longest.push_back(static_cast<double>(now.reads.max()) * scale);
    }
  }
  return about;
}

template <class Family>
class inquiry {
 public:
  inquiry(const settings& chosen, std::vector<scale_row>& rows, double scale)
      : chosen_(chosen), rows_(rows), scale_(scale) {
    for (auto& one : all_subjects<Family>()) {
      if (named_in(chosen.shared.only, one->name)) all_.push_back(std::move(one));
    }
    if (all_.empty()) refuse("--only leaves nobody");
  }

  void ask_all() {
    for (const std::size_t size : sizes()) {
      ask_mixes(size);
      ask_insert_growth(size);
    }
    ask_reads_while_growing();
  }

 private:
  [[nodiscard]] std::vector<subject<Family>*> everybody(bool with_erasure = false) const {
    std::vector<subject<Family>*> chosen;
    for (const auto& one : all_) {
      if (!with_erasure || one->survives_erasure) chosen.push_back(one.get());
    }
    return chosen;
  }
  [[nodiscard]] bool wanted(const char* question) const { return named_in(chosen_.shared.questions, question); }
  [[nodiscard]] std::vector<std::size_t> sizes() const {
    if (!chosen_.shared.sizes.empty()) return chosen_.shared.sizes;
    if (chosen_.shared.quick) return {100'000};
    return {100'000, 1'000'000};
  }
  [[nodiscard]] std::vector<typename Family::key> keys(std::size_t from, std::size_t end) const {
    std::vector<typename Family::key> made;
    made.reserve(end - from);
    for (std::size_t n = from; n < end; ++n) made.push_back(Family::key_of(n, chosen_.shared.seed, pattern::random));
    return made;
  }
  [[nodiscard]] scale_row row(const char* question, const char* spread, std::size_t size, int threads) const {
    return {question, Family::name, spread, size, threads, {}};
  }
  void keep(scale_row&& done) {
    print_row(done, chosen_, scale_);
    rows_.push_back(std::move(done));
  }

  void ask_mixes(std::size_t size) {
    if (std::none_of(std::begin(mixes), std::end(mixes), [&](const mix_named& one) { return wanted(one.name); }))
      return;
    {
      const auto present = keys(0, size);
      for (const auto& one : all_) one->build(present);
    }
    for (const law which : {law::uniform, law::zipf, law::hot}) {
      if (!named_in(chosen_.spreads, which == law::hot ? "hot" : name_of(which))) continue;
      const draws<Family> drawn = draw<Family>(which, size, chosen_.shared.seed);
      for (const mix_named& one : mixes) {
        if (!wanted(one.name)) continue;
        for (const int threads : chosen_.threads) ask_mix(one, drawn, size, threads);
      }
    }
    for (const auto& one : all_) one->drop();
  }
  void ask_mix(const mix_named& named, const draws<Family>& drawn, std::size_t size, int threads) {
    const mix<Family> given{&drawn, named.writes_in_1000, threads, chosen_.seconds, chosen_.shared.seed};
    keep(interleave(row(named.name, name_of(drawn.which), size, threads), everybody(named.writes_in_1000 != 0), chosen_,
                    scale_, [&](subject<Family>& one) { return one.run_mix(given); }));
  }

  void ask_insert_growth(std::size_t size) {
    if (!wanted(insert_growth)) return;
    const auto coming = keys(0, size);
    for (const int threads : chosen_.threads) {
      std::uint64_t checksum = 0;
      keep(interleave(row(insert_growth, "from empty", size, threads), everybody(), chosen_, scale_,
                      [&](subject<Family>& one) {
                        outcome now = one.grow(coming, threads);
                        if (checksum == 0) checksum = now.checksum;
                        if (now.checksum != checksum) lost_something(one.name);
                        return now;
                      }));
    }
  }
  [[noreturn]] static void lost_something(const std::string& name) {
    std::fprintf(stderr, "bench: %s: %s does not hold what was stored\n", insert_growth, name.c_str());
    std::exit(1);
  }

  void add_round(scale_row& to, const std::string& name, const outcome& now) const {
    const auto found = std::ranges::find(to.entries, name, &scale_entry::name);
    found->rates.push_back(rate_of(now, chosen_));
    found->reads.merge(now.reads);
    found->longest.push_back(static_cast<double>(now.reads.max()) * scale_);
  }

  // From a hundredth of the last size, or a thousandth of ten million.
  void ask_reads_while_growing() {
    if (!wanted(while_growing)) return;
    if (std::is_same_v<Family, string_to_pointer> && chosen_.shared.questions.empty()) return;
    const std::size_t first = 10'000;
    const std::size_t last = !chosen_.shared.sizes.empty() ? chosen_.shared.sizes.back()
                             : chosen_.shared.quick        ? 1'000'000
                                                           : 10'000'000;
    const auto present = keys(0, first);
    const auto coming = keys(first, std::max(last, first + 1));
    const draws<Family> probed = draw<Family>(law::uniform, first, chosen_.shared.seed);
    const std::vector<typename Family::key> nothing;
    keep(interleave(row(at_rest, "uniform", first, 1), everybody(), chosen_, scale_, [&](subject<Family>& one) {
      one.build(present);
      outcome now = one.read_while_storing(probed, nothing, chosen_.seconds);
      one.drop();
      return now;
    }));
    // The same table when it has grown: its lines are as far away as those of the growing one in the end.
    scale_row rested = row(grown_at_rest, "uniform", last, 1);
    for (const auto& one : everybody()) rested.entries.push_back({one->name, {}, {}, {}});
    scale_row growing = interleave(row(while_growing, "uniform", last, 2), everybody(), chosen_, scale_,
                                   [&](subject<Family>& one) {
                                     one.build(present);
                                     outcome now = one.read_while_storing(probed, coming, 0);
                                     add_round(rested, one.name, one.read_while_storing(probed, nothing, chosen_.seconds));
                                     one.drop();
                                     return now;
                                   });
    keep(std::move(rested));
    keep(std::move(growing));
  }

  const settings& chosen_;
  std::vector<scale_row>& rows_;
  double scale_;
  roster<Family> all_;
};

int answer(int count, char** words) {
  settings chosen = settings_from(count, words);
  if (!chosen.shared.quick && !chosen.shared.full && chosen.shared.rounds == 9) chosen.shared.rounds = 5;
  prepare_machine(chosen.shared);
  const double scale = nanoseconds_per_tick();
  std::printf("%s, %s, gcc %s, %d rounds of %.0f ms, %u processors, %s time\n", cpu_model().c_str(), vector_level(),
              compiler_name(), chosen.shared.rounds, chosen.seconds * 1e3, std::thread::hardware_concurrency(),
              chosen.by_cpu ? "processor" : "wall");
  std::vector<scale_row> rows;
  if (named_in(chosen.keys, "u64")) inquiry<u64_to_pointer>(chosen, rows, scale).ask_all();
  if (named_in(chosen.keys, "string")) inquiry<string_to_pointer>(chosen, rows, scale).ask_all();
  write_json(chosen, rows, scale);
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { return holdfast::bench::answer(count, words); }
